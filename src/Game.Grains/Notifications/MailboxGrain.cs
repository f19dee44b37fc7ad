using Game.Contracts;
using Game.Contracts.Feeds;
using Game.Contracts.Notifications;
using Game.Domain.Notifications;
using Game.Grains.EventSourcing;
using Game.Grains.Feeds;

namespace Game.Grains.Notifications;

[Reentrant]
public sealed class MailboxGrain(EventSourcingServices services, ShardIdentity shard)
    : EventSourcedGrain<Mailbox, MailboxCommand>(services), IMailboxGrain
{
    protected override string Category => StreamName.Mailbox;

    public Task<Outcome<int>> HandleAsync(MailboxCommand command) => ExecuteAsync(command, mailbox => mailbox.CountUnread(Now));

    public async Task<IReadOnlyList<Notification>> ListAsync(long before, int count) =>
        (await ReadWithAnnouncementsAsync()).List(before, count, Now);

    public async Task<IReadOnlyList<Notification>> ListBacklogAsync(int priority, long sequence, int count) =>
        (await ReadWithAnnouncementsAsync()).ListBacklog(priority, sequence, count, Now);

    protected override void OnCommitted(IReadOnlyList<GameEvent> facts)
    {
        // Higher ones first also of those that came to be stored together. Announcements were pushed when they reached the shard.
        foreach (var fact in facts.OfType<Notified>().OrderByDescending(fact => fact.Priority))
        {
            Feed.Push(GrainFactory, FeedTopics.Player(Key), "notification", fact);
        }
    }

    /// <summary>
    /// What is for everybody is taken over when the player looks: so an announcement costs a shard one event, and not one for
    /// each player who never comes back.
    /// </summary>
    private async Task<Mailbox> ReadWithAnnouncementsAsync()
    {
        var mailbox = await ReadAsync();
        var news = await GrainFactory.GetGrain<INotificationDeskGrain>(shard.Name).ListAnnouncementsAsync(mailbox.AnnouncedUpTo);
        if (news.Count == 0)
        {
            return mailbox;
        }

        // Refused only while the store is away: the next look takes them over.
        await ExecuteAsync(new TakeAnnouncements($"announced:{news[^1].Number}", news), _ => true, _ => true);
        return await ReadAsync();
    }
}
