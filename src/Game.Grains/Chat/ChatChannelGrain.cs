using Game.Contracts;
using Game.Contracts.Chat;
using Game.Contracts.Feeds;
using Game.Contracts.Identity;
using Game.Domain.Chat;
using Game.Grains.EventSourcing;
using Game.Grains.Feeds;
using Game.Grains.Shards;

namespace Game.Grains.Chat;

[Reentrant]
public sealed class ChatChannelGrain(EventSourcingServices services, IChatFilter filter, KnownShards shards)
    : EventSourcedGrain<ChatChannel, ChatCommand>(services), IChatChannelGrain
{
    protected override string Category => StreamName.Chat;

    public async Task<Outcome<ChatMessage>> HandleAsync(ChatCommand command)
    {
        if (command is not PostMessage post)
        {
            return await ExecuteAsync(command, channel => channel.Newest!);
        }

        return ChatChannels.TryParseWhispers(Key, out _, out var other) && !await shards.ContainsAsync(EntityId.ShardOf(other))
            ? Outcome.Refuse<ChatMessage>(Refusal.NotFound(RefusalCodes.PlayerNotFound, "There is no such player."))
            : await ExecuteAsync(post with { Shown = filter.Apply(post.Text) }, channel => channel.Newest!);
    }

    public async Task<IReadOnlyList<ChatMessage>> GetHistoryAsync(long before, int count) =>
        (await ReadAsync()).List(before, count);

    protected override void OnCommitted(IReadOnlyList<GameEvent> facts)
    {
        // Whispers are told to their owner alone, under the name clients know the channel by.
        var (topic, channel) = ChatChannels.TryParseWhispers(Key, out var owner, out var other)
            ? (FeedTopics.Player(owner), ChatChannels.Whisper(other))
            : (FeedTopics.Chat(Key), Key);
        foreach (var fact in facts.OfType<MessagePosted>())
        {
            Feed.Push(
                GrainFactory,
                topic,
                "chat.message",
                new { channel, at = fact.At, author = fact.Author, authorName = fact.AuthorName, text = fact.Text });
        }
    }
}
