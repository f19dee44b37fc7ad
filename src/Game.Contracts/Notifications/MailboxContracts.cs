namespace Game.Contracts.Notifications;

/// <summary>A player's notifications; key: the player id. Keeps 200.</summary>
[Alias("game.IMailboxGrain")]
public interface IMailboxGrain : IGrainWithStringKey
{
    /// <summary>Unread and unexpired notifications afterwards.</summary>
    [Alias("Handle")]
    Task<Outcome<int>> HandleAsync(MailboxCommand command);

    /// <summary>Unexpired notifications older than <paramref name="before"/> (exclusive; 0 = newest), newest first.</summary>
    [Alias("List"), ReadOnly]
    Task<IReadOnlyList<Notification>> ListAsync(long before, int count);

    /// <summary>
    /// What is unread and unexpired, highest priority first and of one priority the oldest first, after the one of this
    /// priority and sequence (exclusive; 0 = from the first).
    /// </summary>
    [Alias("ListBacklog"), ReadOnly]
    Task<IReadOnlyList<Notification>> ListBacklogAsync(int priority, long sequence, int count);
}

/// <summary><paramref name="Sequence"/> is the stream version that brought it. Priority 0 (low) to 9.</summary>
[GenerateSerializer, Immutable, Alias("game.notification")]
public sealed record Notification(
    [property: Id(0)] long Sequence,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] string Kind,
    [property: Id(3)] string Subject,
    [property: Id(4)] int Priority,
    [property: Id(5)] DateTimeOffset? ExpiresAt,
    [property: Id(6)] bool Read,
    [property: Id(7)] string? Text = null);

[GenerateSerializer, Immutable, Alias("game.mailbox.command")]
public abstract record MailboxCommand(string CommandId) : Command(CommandId);

/// <summary>
/// <paramref name="Kind"/> is a stable name (<c>guild.invited</c>), <paramref name="Subject"/> the id it is about,
/// <paramref name="Text"/> what an operator wrote. What has expired on arrival is not stored.
/// </summary>
[GenerateSerializer, Immutable, Alias("game.mailbox.notify")]
public sealed record Notify(
    string CommandId,
    [property: Id(0)] string Kind,
    [property: Id(1)] string Subject,
    [property: Id(2)] int Priority,
    [property: Id(3)] DateTimeOffset? ExpiresAt,
    [property: Id(4)] string? Text = null) : MailboxCommand(CommandId);

/// <summary>Marks everything up to and including <paramref name="UpTo"/> as read.</summary>
[GenerateSerializer, Immutable, Alias("game.mailbox.mark-read")]
public sealed record MarkRead(string CommandId, [property: Id(0)] long UpTo) : MailboxCommand(CommandId);

/// <summary>Takes over announcements of the shard that are newer than those taken before.</summary>
[GenerateSerializer, Immutable, Alias("game.mailbox.take-announcements")]
public sealed record TakeAnnouncements(string CommandId, [property: Id(0), PerAttempt] IReadOnlyList<Announcement> Announcements)
    : MailboxCommand(CommandId);

[EventVersion(2), GenerateSerializer, Immutable, Alias("mailbox.notified")]
public sealed record Notified(
    DateTimeOffset At,
    [property: Id(0)] string Kind,
    [property: Id(1)] string Subject,
    [property: Id(2)] int Priority,
    [property: Id(3)] DateTimeOffset? ExpiresAt,
    [property: Id(4)] string? Text) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("mailbox.announcement-taken")]
public sealed record AnnouncementTaken(DateTimeOffset At, [property: Id(0)] Announcement Announcement) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("mailbox.read")]
public sealed record MailboxRead(DateTimeOffset At, [property: Id(0)] long UpTo) : GameEvent(At);
