using Game.Contracts;
using Game.Contracts.Chat;
using Game.Contracts.Feeds;
using Game.Domain.Chat;
using Game.Grains.EventSourcing;
using Game.Grains.Feeds;

namespace Game.Grains.Chat;

[Reentrant]
public sealed class ChatChannelGrain(EventSourcingServices services)
    : EventSourcedGrain<ChatChannel, ChatCommand>(services), IChatChannelGrain
{
    protected override string Category => StreamName.Chat;

    public Task<Outcome<ChatMessage>> HandleAsync(ChatCommand command) => ExecuteAsync(command, channel => channel.Newest!);

    public async Task<IReadOnlyList<ChatMessage>> GetHistoryAsync(long before, int count) =>
        (await ReadAsync()).List(before, count);

    protected override void OnCommitted(IReadOnlyList<GameEvent> facts)
    {
        foreach (var fact in facts.OfType<MessagePosted>())
        {
            Feed.Push(
                GrainFactory,
                FeedTopics.Chat(Key),
                "chat.message",
                new { channel = Key, at = fact.At, author = fact.Author, authorName = fact.AuthorName, text = fact.Text });
        }
    }
}
