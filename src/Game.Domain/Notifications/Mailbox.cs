using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Game.Contracts;
using Game.Contracts.Notifications;

namespace Game.Domain.Notifications;

/// <summary>A player's newest notifications. Their sequence is the stream's version.</summary>
public sealed record Mailbox : IAggregate<Mailbox, MailboxCommand>
{
    public const int Capacity = 200;
    public const int MaxPriority = 9;

    /// <summary>Oldest first.</summary>
    public ImmutableList<Notification> Notifications { get; init; } = [];

    public long Version { get; init; }

    public long ReadUpTo { get; init; }

    [JsonIgnore]
    public int Unread => Notifications.Count(notification => notification.Sequence > ReadUpTo);

    public static Mailbox Initial(string id) => new();

    /// <summary>Notifications older than <paramref name="before"/> (exclusive; 0 = newest) that have not expired, newest first.</summary>
    public IReadOnlyList<Notification> List(long before, int count, DateTimeOffset now) =>
    [
        .. Notifications.Reverse()
            .Where(notification => before == 0 || notification.Sequence < before)
            .Where(notification => notification.ExpiresAt is null || notification.ExpiresAt > now)
            .Take(count)
            .Select(notification => notification with { Read = notification.Sequence <= ReadUpTo }),
    ];

    public Decision Decide(MailboxCommand command, DateTimeOffset now) => command switch
    {
        Notify c => c.Priority is < 0 or > MaxPriority
            ? Refusal.Invalid("priority", $"0 to {MaxPriority}")
            : new Notified(now, c.Kind, c.Subject, c.Priority, c.ExpiresAt),
        MarkRead c => c.UpTo switch
        {
            < 0 => Refusal.Invalid("upTo", "0 or more"),
            _ when Math.Min(c.UpTo, Version) <= ReadUpTo => Decision.Nothing,
            _ => new MailboxRead(now, Math.Min(c.UpTo, Version)),
        },
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "A mailbox does not know this command."),
    };

    public Mailbox Apply(GameEvent fact) => fact switch
    {
        Notified e => this with
        {
            Version = Version + 1,
            Notifications = Keep(Notifications.Add(
                new Notification(Version + 1, e.At, e.Kind, e.Subject, e.Priority, e.ExpiresAt, Read: false))),
        },
        MailboxRead e => this with { Version = Version + 1, ReadUpTo = e.UpTo },
        _ => throw new ArgumentOutOfRangeException(nameof(fact), fact, "A mailbox's stream does not hold this event."),
    };

    private static ImmutableList<Notification> Keep(ImmutableList<Notification> all) =>
        all.Count > Capacity ? all.RemoveRange(0, all.Count - Capacity) : all;
}
