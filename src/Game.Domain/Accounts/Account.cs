using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Game.Contracts;
using Game.Contracts.Accounts;

namespace Game.Domain.Accounts;

/// <summary>
/// Sign-in of one player. A session lives as long as its refresh tokens are exchanged in turn; a token presented after it
/// was exchanged is taken for stolen and ends the session (RFC 9700 §4.14.2).
/// </summary>
public sealed record Account(string Key) : IAggregate<Account, AccountCommand>
{
    public const int MaxSessions = 20;

    public static Refusal RefreshReused { get; } = Refusal.Forbidden(
        RefusalCodes.RefreshReused, "This refresh token was used before; the session is closed. Sign in again.");

    public string Name { get; init; } = "";

    public string PlayerId { get; init; } = "";

    public string PasswordHash { get; init; } = "";

    /// <summary>Oldest first.</summary>
    public ImmutableList<AccountSession> Sessions { get; init; } = [];

    [JsonIgnore]
    public bool Exists => PlayerId.Length > 0;

    public static Account Initial(string id) => new(id);

    public AccountView ToView() => new(Name, PlayerId, PasswordHash, Sessions);

    public Decision Decide(AccountCommand command, DateTimeOffset now) => command switch
    {
        RegisterAccount c => Register(c, now),
        _ when !Exists => Refusal.NotFound(RefusalCodes.AccountNotFound, "There is no such account."),
        OpenSession c => Open(c, now),
        RotateRefresh c => Rotate(c, now),
        CloseSession c => Find(c.SessionId) is null ? Decision.Nothing : new SessionClosed(now, c.SessionId, c.Reason),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "An account does not know this command."),
    };

    public Account Apply(GameEvent fact) => fact switch
    {
        AccountRegistered e => this with { Name = e.Name, PlayerId = e.PlayerId, PasswordHash = e.PasswordHash },
        SessionOpened e => this with { Sessions = Sessions.Add(new AccountSession(e.SessionId, e.RefreshHash, e.ExpiresAt)) },
        RefreshRotated e => this with
        {
            Sessions = [.. Sessions.Select(s => s.SessionId == e.SessionId ? new AccountSession(e.SessionId, e.RefreshHash, e.ExpiresAt) : s)],
        },
        SessionClosed e => this with { Sessions = Sessions.RemoveAll(session => session.SessionId == e.SessionId) },
        _ => throw new ArgumentOutOfRangeException(nameof(fact), fact, "An account's stream does not hold this event."),
    };

    private Decision Register(RegisterAccount c, DateTimeOffset now)
    {
        if (Exists)
        {
            return Refusal.Conflict(RefusalCodes.AccountExists, "This name is taken on this shard.");
        }

        return Names.CheckPlayerName(c.Name) is { } refusal
            ? refusal
            : new AccountRegistered(now, c.Name, c.PlayerId, c.PasswordHash);
    }

    private Decision Open(OpenSession c, DateTimeOffset now)
    {
        // Sessions that have run out, and the oldest of too many, make room.
        var closed = Sessions.Where(session => session.ExpiresAt <= now).ToList();
        var open = Sessions.RemoveRange(closed);
        closed.AddRange(open.Take(open.Count - MaxSessions + 1));
        GameEvent[] facts =
        [
            .. closed.Select(session => new SessionClosed(now, session.SessionId, session.ExpiresAt <= now ? "expired" : "superseded")),
            new SessionOpened(now, c.SessionId, c.RefreshHash, c.ExpiresAt),
        ];
        return Decision.Accept(facts);
    }

    private Decision Rotate(RotateRefresh c, DateTimeOffset now)
    {
        var session = Find(c.SessionId);
        if (session is null || session.ExpiresAt <= now)
        {
            return Refusal.Forbidden(RefusalCodes.SessionNotFound, "The session has ended; sign in again.");
        }

        if (session.RefreshHash == c.NewHash)
        {
            // The answer to this exchange was lost and it is asked for again.
            return Decision.Nothing;
        }

        return session.RefreshHash == c.PresentedHash
            ? new RefreshRotated(now, c.SessionId, c.NewHash, c.ExpiresAt)
            : Decision.RefuseAndRecord(RefreshReused, new SessionClosed(now, c.SessionId, "refresh-reused"));
    }

    private AccountSession? Find(string sessionId) => Sessions.Find(session => session.SessionId == sessionId);
}
