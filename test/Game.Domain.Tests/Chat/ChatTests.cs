using FsCheck;
using FsCheck.Fluent;
using Game.Contracts.Chat;
using Game.Domain.Chat;

namespace Game.Domain.Tests.Chat;

public sealed class ChatTests
{
    private static readonly WordListFilter Filter = new(["darn", "Über", "x1"]);

    [Theory]
    [InlineData("Darn it, DARN!", "**** it, ****!")]
    [InlineData("darning is no darn", "darning is no ****")]
    [InlineData("über x1 x12", "**** ** x12")]
    [InlineData("darn-it d.a.r.n", "****-it d.a.r.n")]
    [InlineData("\uD83D\uDE00darn", "\uD83D\uDE00****")]
    [InlineData("", "")]
    public void A_word_of_the_list_is_masked_as_a_whole_in_any_case(string said, string shown) => Assert.Equal(shown, Filter.Apply(said));

    [Fact]
    public void A_filter_masks_letters_and_leaves_the_rest_and_does_so_once() => Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), text =>
        {
            var said = text.Get + " darn " + text.Get;
            var shown = Filter.Apply(said);
            Assert.Equal(said.Length, shown.Length);
            Assert.All(said.Zip(shown), pair => Assert.True(pair.First == pair.Second || pair.Second == '*'));
            Assert.Equal(shown, Filter.Apply(shown));
        }));

    [Fact]
    public void What_is_shown_is_what_the_filter_left()
    {
        var (channel, decision) = ChatChannel.Initial("world").Play(new PostMessage("1", "s01.a", "a", "darn", "****"));
        Assert.Equal(("****", true), (channel.Newest!.Text, decision.Events.OfType<MessagePosted>().Single().Local));
    }

    [Fact]
    public void Names_of_whisper_channels_are_read_as_they_are_made()
    {
        Assert.True(ChatChannels.TryParseWhispers(ChatChannels.WhispersOf("s01.a", "s02.b"), out var owner, out var other));
        Assert.Equal(("s01.a", "s02.b"), (owner, other));
        Assert.False(ChatChannels.TryParseWhispers(ChatChannels.Guild("s01.a"), out _, out _));
        Assert.False(ChatChannels.TryParseWhispers(ChatChannels.Whisper("s01.a"), out _, out _));
    }
}
