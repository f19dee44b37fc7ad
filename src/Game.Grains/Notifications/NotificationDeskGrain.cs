using Game.Contracts;
using Game.Contracts.Feeds;
using Game.Contracts.Identity;
using Game.Contracts.Notifications;
using Game.Domain.Notifications;
using Game.Grains.EventSourcing;
using Game.Grains.Feeds;
using Game.Grains.Shards;

namespace Game.Grains.Notifications;

[Reentrant]
public sealed class NotificationDeskGrain(EventSourcingServices services, KnownShards shards)
    : EventSourcedGrain<NotificationDesk, DeskCommand>(services), INotificationDeskGrain
{
    protected override string Category => StreamName.Desk;

    public async Task<Outcome<bool>> HandleAsync(DeskCommand command) =>
        Check(command, await shards.GetAsync()) is { } refusal
            ? Outcome.Refuse<bool>(refusal)
            : await ExecuteAsync(command, _ => true, _ => true);

    public async Task<IReadOnlyList<Announcement>> ListAnnouncementsAsync(long after) => (await ReadAsync()).List(after, Now);

    /// <summary>Nobody would hear of what is sent to a shard that does not exist.</summary>
    private static Refusal? Check(DeskCommand command, IReadOnlyList<string> known) => command switch
    {
        SendNotification c when c.Players.Any(player => EntityId.TryParse(player, out var id) && !known.Contains(id.Shard)) =>
            Refusal.NotFound(RefusalCodes.PlayerNotFound, "There is no such player."),
        Announce { Shard: { } name } when !known.Contains(name) =>
            Refusal.Conflict(RefusalCodes.UnknownShard, "The game has no such shard."),
        _ => null,
    };

    protected override void OnCommitted(IReadOnlyList<GameEvent> facts)
    {
        foreach (var fact in facts.OfType<AnnouncementReceived>())
        {
            var content = fact.Announcement.Content;
            Feed.Push(
                GrainFactory,
                FeedTopics.Announcements,
                "notification",
                new
                {
                    at = fact.At,
                    kind = content.Kind,
                    subject = content.Subject,
                    priority = content.Priority,
                    expiresAt = content.ExpiresAt,
                    text = content.Text,
                });
        }
    }
}
