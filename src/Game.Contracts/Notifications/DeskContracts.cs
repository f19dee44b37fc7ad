namespace Game.Contracts.Notifications;

/// <summary>
/// Where a shard's servers and operators hand in notifications; key: the shard. What is handed in goes over the bus to the
/// players' home shards. Keeps the announcements that have reached this shard: the newest 100 unexpired ones.
/// </summary>
[Alias("game.INotificationDeskGrain")]
public interface INotificationDeskGrain : IGrainWithStringKey
{
    /// <summary>True.</summary>
    [Alias("Handle")]
    Task<Outcome<bool>> HandleAsync(DeskCommand command);

    /// <summary>Unexpired announcements with a number above <paramref name="after"/>, oldest first.</summary>
    [Alias("ListAnnouncements"), ReadOnly]
    Task<IReadOnlyList<Announcement>> ListAnnouncementsAsync(long after);
}

/// <summary>Priority 0 (low) to 9; limits: <see cref="NotificationLimits"/>.</summary>
[GenerateSerializer, Immutable, Alias("game.notification.content")]
public sealed record NotificationContent(
    [property: Id(0)] string Kind,
    [property: Id(1)] string Subject,
    [property: Id(2)] string? Text,
    [property: Id(3)] int Priority,
    [property: Id(4)] DateTimeOffset? ExpiresAt);

/// <summary>Something for everybody on a shard. <paramref name="Number"/> counts the shard's announcements from 1.</summary>
[GenerateSerializer, Immutable, Alias("game.announcement")]
public sealed record Announcement(
    [property: Id(0)] long Number,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] NotificationContent Content);

[GenerateSerializer, Immutable, Alias("game.desk.command")]
public abstract record DeskCommand(string CommandId) : Command(CommandId);

/// <summary>To some players, wherever they are at home.</summary>
[GenerateSerializer, Immutable, Alias("game.desk.send")]
public sealed record SendNotification(
    string CommandId,
    [property: Id(0)] IReadOnlyList<string> Players,
    [property: Id(1), PerAttempt] NotificationContent Content) : DeskCommand(CommandId);

/// <summary>To everybody on <paramref name="Shard"/>, or on all shards if it is null.</summary>
[GenerateSerializer, Immutable, Alias("game.desk.announce")]
public sealed record Announce(
    string CommandId,
    [property: Id(0)] string? Shard,
    [property: Id(1), PerAttempt] NotificationContent Content) : DeskCommand(CommandId);

/// <summary>An announcement arrives at a shard it is meant for.</summary>
[GenerateSerializer, Immutable, Alias("game.desk.receive")]
public sealed record ReceiveAnnouncement(
    string CommandId,
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] NotificationContent Content) : DeskCommand(CommandId);

[GenerateSerializer, Immutable, Alias("desk.notification-sent")]
public sealed record NotificationSent(
    DateTimeOffset At,
    [property: Id(0)] IReadOnlyList<string> Players,
    [property: Id(1)] NotificationContent Content) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("desk.announced")]
public sealed record Announced(
    DateTimeOffset At,
    [property: Id(0)] string? Shard,
    [property: Id(1)] NotificationContent Content) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("desk.announcement-received")]
public sealed record AnnouncementReceived(DateTimeOffset At, [property: Id(0)] Announcement Announcement) : GameEvent(At);
