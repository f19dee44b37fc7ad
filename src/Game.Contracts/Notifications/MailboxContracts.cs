namespace Game.Contracts.Notifications;

/// <summary>A player's notifications; key: the player id. Keeps the newest 200.</summary>
[Alias("game.IMailboxGrain")]
public interface IMailboxGrain : IGrainWithStringKey
{
    [Alias("Handle")]
    Task<Outcome<int>> HandleAsync(MailboxCommand command);

    /// <summary>Unexpired notifications older than <paramref name="before"/> (exclusive; 0 = newest), newest first.</summary>
    [Alias("List"), ReadOnly]
    Task<IReadOnlyList<Notification>> ListAsync(long before, int count);
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
    [property: Id(6)] bool Read);

[GenerateSerializer, Immutable, Alias("game.mailbox.command")]
public abstract record MailboxCommand(string CommandId) : Command(CommandId);

/// <summary><paramref name="Kind"/> is a stable name (<c>guild.invited</c>), <paramref name="Subject"/> the id it is about.</summary>
[GenerateSerializer, Immutable, Alias("game.mailbox.notify")]
public sealed record Notify(
    string CommandId,
    [property: Id(0)] string Kind,
    [property: Id(1)] string Subject,
    [property: Id(2)] int Priority,
    [property: Id(3)] DateTimeOffset? ExpiresAt) : MailboxCommand(CommandId);

/// <summary>Marks everything up to and including <paramref name="UpTo"/> as read.</summary>
[GenerateSerializer, Immutable, Alias("game.mailbox.mark-read")]
public sealed record MarkRead(string CommandId, [property: Id(0)] long UpTo) : MailboxCommand(CommandId);

[GenerateSerializer, Immutable, Alias("mailbox.notified")]
public sealed record Notified(
    DateTimeOffset At,
    [property: Id(0)] string Kind,
    [property: Id(1)] string Subject,
    [property: Id(2)] int Priority,
    [property: Id(3)] DateTimeOffset? ExpiresAt) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("mailbox.read")]
public sealed record MailboxRead(DateTimeOffset At, [property: Id(0)] long UpTo) : GameEvent(At);
