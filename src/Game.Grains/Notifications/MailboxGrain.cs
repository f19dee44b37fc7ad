using Game.Contracts;
using Game.Contracts.Feeds;
using Game.Contracts.Notifications;
using Game.Domain.Notifications;
using Game.Grains.EventSourcing;
using Game.Grains.Feeds;

namespace Game.Grains.Notifications;

[Reentrant]
public sealed class MailboxGrain(EventSourcingServices services)
    : EventSourcedGrain<Mailbox, MailboxCommand>(services), IMailboxGrain
{
    protected override string Category => StreamName.Mailbox;

    public Task<Outcome<int>> HandleAsync(MailboxCommand command) => ExecuteAsync(command, mailbox => mailbox.Unread);

    public async Task<IReadOnlyList<Notification>> ListAsync(long before, int count) =>
        (await ReadAsync()).List(before, count, Now);

    protected override void OnCommitted(IReadOnlyList<GameEvent> facts)
    {
        foreach (var fact in facts.OfType<Notified>())
        {
            Feed.Push(GrainFactory, FeedTopics.Player(Key), "notification", fact);
        }
    }
}
