using System.Collections.Immutable;
using Game.Contracts;
using Game.Contracts.Identity;
using Game.Contracts.Notifications;

namespace Game.Domain.Notifications;

/// <summary>A shard's desk for notifications: its stream is the outbox, its state the announcements that reached the shard.</summary>
public sealed record NotificationDesk : IAggregate<NotificationDesk, DeskCommand>
{
    public const int Capacity = 100;

    /// <summary>Oldest first.</summary>
    public ImmutableList<Announcement> Announcements { get; init; } = [];

    /// <summary>How many announcements have reached the shard.</summary>
    public long LastNumber { get; init; }

    public static NotificationDesk Initial(string id) => new();

    /// <summary>Unexpired announcements with a number above <paramref name="after"/>, oldest first.</summary>
    public IReadOnlyList<Announcement> List(long after, DateTimeOffset now) =>
        [.. Announcements.Where(announcement => announcement.Number > after && !IsExpired(announcement, now))];

    public Decision Decide(DeskCommand command, DateTimeOffset now) => command switch
    {
        SendNotification c => (Notifying.Check(c.Content) ?? CheckPlayers(c.Players)) is { } refusal
            ? refusal
            : new NotificationSent(now, [.. c.Players.Distinct(StringComparer.Ordinal)], c.Content),
        Announce c => Notifying.Check(c.Content) is { } refusal ? refusal : new Announced(now, c.Shard, c.Content),
        ReceiveAnnouncement c => c.Content.ExpiresAt <= now
            ? Decision.Nothing
            : new AnnouncementReceived(now, new Announcement(LastNumber + 1, c.At, c.Content)),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "A notification desk does not know this command."),
    };

    public NotificationDesk Apply(GameEvent fact) => fact switch
    {
        NotificationSent or Announced => this,
        AnnouncementReceived e => this with
        {
            LastNumber = e.Announcement.Number,
            Announcements = Keep(Announcements.RemoveAll(announcement => IsExpired(announcement, e.At)).Add(e.Announcement)),
        },
        _ => throw new ArgumentOutOfRangeException(nameof(fact), fact, "A notification desk's stream does not hold this event."),
    };

    private static bool IsExpired(Announcement announcement, DateTimeOffset now) => announcement.Content.ExpiresAt <= now;

    private static ImmutableList<Announcement> Keep(ImmutableList<Announcement> all) =>
        all.Count > Capacity ? all.RemoveRange(0, all.Count - Capacity) : all;

    private static Refusal? CheckPlayers(IReadOnlyList<string> players) =>
        players.Count is >= 1 and <= NotificationLimits.MaxPlayers && players.All(player => EntityId.TryParse(player, out _))
            ? null
            : Refusal.Invalid("players", $"1 to {NotificationLimits.MaxPlayers} ids of the form {{shard}}.{{ulid}}");
}
