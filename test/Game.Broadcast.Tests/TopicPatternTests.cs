using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Game.Broadcast.Tests;

public sealed class TopicPatternTests
{
    [Fact]
    public void IsMatch_AgreesWithTheDefinition()
    {
        // Few distinct words, so that matches are common; an empty word is a word.
        var words = Gen.Elements("a", "b", "", "*", "#").ListOf().Where(list => list.Count is > 0 and < 8);
        var keys = Gen.Elements("a", "b", "").ListOf().Where(list => list.Count < 8);
        var pairs = words.SelectMany(pattern => keys.Select(key => (Pattern: string.Join('.', pattern), Key: string.Join('.', key))))
            .Where(pair => pair.Pattern.Length > 0);

        Prop.ForAll(
                pairs.ToArbitrary(),
                pair => new TopicPattern(pair.Pattern).IsMatch(pair.Key) == Matches(Words(pair.Pattern), Words(pair.Key)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));
    }

    [Fact]
    public void IsMatch_WithManyHashes_StaysPolynomial()
    {
        var pattern = new TopicPattern(string.Join('.', Enumerable.Repeat("#.a", 30)) + ".b");
        Assert.False(pattern.IsMatch(string.Join('.', Enumerable.Repeat("a", 120))));
    }

    private static string[] Words(string text) => text.Length == 0 ? [] : text.Split('.');

    /// <summary>The definition, word by word.</summary>
    private static bool Matches(ReadOnlySpan<string> pattern, ReadOnlySpan<string> key)
    {
        if (pattern.IsEmpty)
        {
            return key.IsEmpty;
        }

        if (pattern[0] == "#")
        {
            return Matches(pattern[1..], key) || (!key.IsEmpty && Matches(pattern, key[1..]));
        }

        return !key.IsEmpty && (pattern[0] == "*" || pattern[0] == key[0]) && Matches(pattern[1..], key[1..]);
    }
}
