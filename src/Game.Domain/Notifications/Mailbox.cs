using System.Collections.Immutable;
using Game.Contracts;
using Game.Contracts.Notifications;

namespace Game.Domain.Notifications;

/// <summary>A player's notifications. Their sequence is the stream's version.</summary>
public sealed record Mailbox : IAggregate<Mailbox, MailboxCommand>
{
    public const int Capacity = 200;

    /// <summary>Oldest first.</summary>
    public ImmutableList<Notification> Notifications { get; init; } = [];

    public long Version { get; init; }

    public long ReadUpTo { get; init; }

    /// <summary>Number of the newest announcement taken over.</summary>
    public long AnnouncedUpTo { get; init; }

    public static Mailbox Initial(string id) => new();

    public int CountUnread(DateTimeOffset now) =>
        Notifications.Count(notification => notification.Sequence > ReadUpTo && !IsExpired(notification, now));

    /// <summary>Notifications older than <paramref name="before"/> (exclusive; 0 = newest) that have not expired, newest first.</summary>
    public IReadOnlyList<Notification> List(long before, int count, DateTimeOffset now) =>
    [
        .. Notifications.Reverse()
            .Where(notification => before == 0 || notification.Sequence < before)
            .Where(notification => !IsExpired(notification, now))
            .Take(count)
            .Select(notification => notification with { Read = notification.Sequence <= ReadUpTo }),
    ];

    /// <summary>
    /// What is unread and has not expired, highest priority first and of one priority the oldest first, after the one of this
    /// priority and sequence (exclusive; 0 = from the first).
    /// </summary>
    public IReadOnlyList<Notification> ListBacklog(int priority, long sequence, int count, DateTimeOffset now) =>
    [
        .. Notifications
            .Where(notification => notification.Sequence > ReadUpTo && !IsExpired(notification, now))
            .Where(notification => sequence == 0
                || notification.Priority < priority
                || (notification.Priority == priority && notification.Sequence > sequence))
            .OrderByDescending(notification => notification.Priority)
            .ThenBy(notification => notification.Sequence)
            .Take(count),
    ];

    public Decision Decide(MailboxCommand command, DateTimeOffset now) => command switch
    {
        Notify c => Notifying.Check(new NotificationContent(c.Kind, c.Subject, c.Text, c.Priority, c.ExpiresAt)) is { } refusal ? refusal
            : c.ExpiresAt <= now ? Decision.Nothing
            : new Notified(now, c.Kind, c.Subject, c.Priority, c.ExpiresAt, c.Text),
        MarkRead c => c.UpTo switch
        {
            < 0 => Refusal.Invalid("upTo", "0 or more"),
            _ when Math.Min(c.UpTo, Version) <= ReadUpTo => Decision.Nothing,
            _ => new MailboxRead(now, Math.Min(c.UpTo, Version)),
        },
        TakeAnnouncements c => Decision.Accept(
        [
            .. c.Announcements.Where(announcement => announcement.Number > AnnouncedUpTo)
                .OrderBy(announcement => announcement.Number)
                .Select(announcement => new AnnouncementTaken(now, announcement)),
        ]),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "A mailbox does not know this command."),
    };

    public Mailbox Apply(GameEvent fact) => fact switch
    {
        Notified e => With(e.At, new Notification(Version + 1, e.At, e.Kind, e.Subject, e.Priority, e.ExpiresAt, Read: false, e.Text)),
        AnnouncementTaken { Announcement: { Content: var c } a } e => (this with { AnnouncedUpTo = a.Number }).With(
            e.At, new Notification(Version + 1, a.At, c.Kind, c.Subject, c.Priority, c.ExpiresAt, Read: false, c.Text)),
        MailboxRead e => this with { Version = Version + 1, ReadUpTo = e.UpTo },
        _ => throw new ArgumentOutOfRangeException(nameof(fact), fact, "A mailbox's stream does not hold this event."),
    };

    private static bool IsExpired(Notification notification, DateTimeOffset now) => notification.ExpiresAt <= now;

    private Mailbox With(DateTimeOffset now, Notification notification)
    {
        var all = Notifications.Add(notification);
        return this with { Version = Version + 1, Notifications = all.Count > Capacity ? all.Remove(LeastWanted(all, now)) : all };
    }

    /// <summary>
    /// Which one a full mailbox gives up: what has expired, then what is read, then the lowest priority; the oldest of those.
    /// </summary>
    private Notification LeastWanted(ImmutableList<Notification> all, DateTimeOffset now) => all.MinBy(notification => (
        IsExpired(notification, now) ? 0 : notification.Sequence <= ReadUpTo ? 1 : 2,
        notification.Sequence <= ReadUpTo ? 0 : notification.Priority,
        notification.Sequence))!;
}
