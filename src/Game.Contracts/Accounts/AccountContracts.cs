namespace Game.Contracts.Accounts;

/// <summary>
/// Sign-in of one player; key: the login name in lower case. Its stream holds hashes only and is private: no other
/// shard sees it, and a topic holds it sealed only.
/// </summary>
[Alias("game.IAccountGrain")]
public interface IAccountGrain : IGrainWithStringKey
{
    [Alias("Handle")]
    Task<Outcome<AccountView>> HandleAsync(AccountCommand command);

    [Alias("Get"), ReadOnly]
    Task<AccountView?> GetAsync();
}

[GenerateSerializer, Immutable, Alias("game.account.session")]
public sealed record AccountSession(
    [property: Id(0)] string SessionId,
    [property: Id(1)] string RefreshHash,
    [property: Id(2)] DateTimeOffset ExpiresAt);

[GenerateSerializer, Immutable, Alias("game.account.view")]
public sealed record AccountView(
    [property: Id(0)] string Name,
    [property: Id(1)] string PlayerId,
    [property: Id(2)] string PasswordHash,
    [property: Id(3)] IReadOnlyList<AccountSession> Sessions);

[GenerateSerializer, Immutable, Alias("game.account.command")]
public abstract record AccountCommand(string CommandId) : Command(CommandId);

[GenerateSerializer, Immutable, Alias("game.account.register")]
public sealed record RegisterAccount(
    string CommandId,
    [property: Id(0)] string Name,
    [property: Id(1), PerAttempt] string PlayerId,
    [property: Id(2), PerAttempt] string PasswordHash) : AccountCommand(CommandId);

[GenerateSerializer, Immutable, Alias("game.account.open-session")]
public sealed record OpenSession(
    string CommandId,
    [property: Id(0)] string SessionId,
    [property: Id(1)] string RefreshHash,
    [property: Id(2)] DateTimeOffset ExpiresAt) : AccountCommand(CommandId);

/// <summary>
/// Exchanges a refresh token. A token that was already exchanged is theft or a bug: the whole session is revoked
/// (refused with <c>refresh_reused</c>, RFC 9700 §4.14).
/// </summary>
[GenerateSerializer, Immutable, Alias("game.account.rotate-refresh")]
public sealed record RotateRefresh(
    string CommandId,
    [property: Id(0)] string SessionId,
    [property: Id(1)] string PresentedHash,
    [property: Id(2)] string NewHash,
    [property: Id(3)] DateTimeOffset ExpiresAt) : AccountCommand(CommandId);

[GenerateSerializer, Immutable, Alias("game.account.close-session")]
public sealed record CloseSession(string CommandId, [property: Id(0)] string SessionId, [property: Id(1)] string Reason)
    : AccountCommand(CommandId);

[GenerateSerializer, Immutable, Alias("account.registered")]
public sealed record AccountRegistered(
    DateTimeOffset At,
    [property: Id(0)] string Name,
    [property: Id(1)] string PlayerId,
    [property: Id(2)] string PasswordHash) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("account.session-opened")]
public sealed record SessionOpened(
    DateTimeOffset At,
    [property: Id(0)] string SessionId,
    [property: Id(1)] string RefreshHash,
    [property: Id(2)] DateTimeOffset ExpiresAt) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("account.refresh-rotated")]
public sealed record RefreshRotated(
    DateTimeOffset At,
    [property: Id(0)] string SessionId,
    [property: Id(1)] string RefreshHash,
    [property: Id(2)] DateTimeOffset ExpiresAt) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("account.session-closed")]
public sealed record SessionClosed(DateTimeOffset At, [property: Id(0)] string SessionId, [property: Id(1)] string Reason) : GameEvent(At);

/// <summary>Why sessions end.</summary>
public static class SessionEnd
{
    /// <summary>The player logged out.</summary>
    public const string Logout = "logout";
}
