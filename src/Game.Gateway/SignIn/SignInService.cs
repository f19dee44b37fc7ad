using Game.Contracts;
using Game.Contracts.Accounts;
using Game.Contracts.Identity;
using Game.Contracts.Players;
using Game.Gateway.Http;
using Game.Gateway.Sessions;
using Game.Gateway.Tokens;

namespace Game.Gateway.SignIn;

/// <summary>Accounts and sessions: what the sign-in routes do, step by step, so that each step may be repeated.</summary>
internal sealed class SignInService(
    ShardRouter shards,
    Passwords passwords,
    AccessTokens tokens,
    SigningKeys keys,
    RevocationCheck revocations,
    SessionRegistry sessions,
    GatewaySettings settings,
    TimeProvider clock)
{
    private static readonly Problem SignInFailed = new(
        StatusCodes.Status401Unauthorized, GatewayCodes.SignInFailed, "Name or password is wrong.");

    private static readonly Problem RefreshInvalid = new(
        StatusCodes.Status401Unauthorized, GatewayCodes.RefreshInvalid, "This is no refresh token of an open session; sign in again.");

    public async Task<(SessionBody? Session, Problem? Problem)> RegisterAsync(
        RegisterBody body, string? key, CancellationToken cancellationToken)
    {
        var shard = body.Shard ?? shards.Default;
        if (!shards.Serves(shard))
        {
            return (null, Problem.ShardNotServed(shard));
        }

        if (await passwords.TryHashAsync(body.Password, cancellationToken) is not { } hash)
        {
            return (null, Passwords.Busy);
        }

        var player = EntityId.New(shard, clock.GetUtcNow()).ToString();
        var registered = await AccountOf(shard, body.Name).HandleAsync(
            new RegisterAccount($"register:{key ?? Ulid.New(clock.GetUtcNow())}", body.Name, player, hash));
        if (!registered.Accepted)
        {
            return (null, Problem.From(registered.Refusal));
        }

        // The first answer again: it is for who knows the password, not for who guessed the key.
        var account = registered.Value;
        if (account.PlayerId != player)
        {
            switch (await passwords.TryVerifyAsync(account.PasswordHash, body.Password, cancellationToken))
            {
                case null:
                    return (null, Passwords.Busy);
                case false:
                    return (null, new Problem(
                        StatusCodes.Status409Conflict, RefusalCodes.AccountExists, "This name is taken on this shard."));
            }
        }

        return await OpenAsync(shard, account);
    }

    public async Task<(SessionBody? Session, Problem? Problem)> LoginAsync(LoginBody body, CancellationToken cancellationToken)
    {
        var shard = body.Shard ?? shards.Default;
        if (!shards.Serves(shard))
        {
            return (null, Problem.ShardNotServed(shard));
        }

        var account = await AccountOf(shard, body.Name).GetAsync();
        return await passwords.TryVerifyAsync(account?.PasswordHash, body.Password, cancellationToken) switch
        {
            true => await OpenAsync(shard, account!),
            false => (null, SignInFailed),
            null => (null, Passwords.Busy),
        };
    }

    /// <summary>
    /// Exchanges a refresh token. With a key the new secret is derived from the old one and the key, so that the same
    /// exchange asked for again has the same result; who has the old token but not the key is a thief.
    /// </summary>
    public async Task<(SessionBody? Session, Problem? Problem)> RefreshAsync(RefreshBody body, string? key)
    {
        if (RefreshToken.Parse(body.RefreshToken) is not { } old)
        {
            return (null, RefreshInvalid);
        }

        if (!shards.Serves(old.Shard))
        {
            return (null, Problem.ShardNotServed(old.Shard));
        }

        var next = old with
        {
            Secret = key is null ? RefreshToken.NewSecret() : RefreshToken.Encode(keys.Derive("refresh", old.ToString(), key)),
        };
        var now = clock.GetUtcNow();
        var rotated = await AccountOf(old.Shard, old.Account).HandleAsync(new RotateRefresh(
            $"refresh:{Ulid.New(now)}", old.SessionId, old.Hash, next.Hash, now.AddSeconds(settings.Tokens.RefreshSeconds)));
        if (rotated.Accepted)
        {
            return (SessionOf(rotated.Value, next), null);
        }

        if (rotated.Refusal.Code == RefusalCodes.RefreshReused)
        {
            EndSessions(old.SessionId);
            return (null, new Problem(StatusCodes.Status401Unauthorized, RefusalCodes.RefreshReused, rotated.Refusal.Detail));
        }

        return (null, rotated.Refusal.Kind == RefusalKind.Unavailable ? Problem.From(rotated.Refusal) : RefreshInvalid);
    }

    public async Task<Problem?> LogoutAsync(Caller caller)
    {
        var closed = await AccountOf(caller.Shard, caller.Account).HandleAsync(
            new CloseSession($"logout:{caller.SessionId}", caller.SessionId, SessionEnd.Logout));
        if (!closed.Accepted)
        {
            return Problem.From(closed.Refusal);
        }

        EndSessions(caller.SessionId);
        return null;
    }

    private async Task<(SessionBody? Session, Problem? Problem)> OpenAsync(string shard, AccountView account)
    {
        // A crash between account and player leaves an account whose player is made by the next sign-in.
        var player = shards.Home<IPlayerGrain>(account.PlayerId);
        if (await player.GetAsync() is null)
        {
            var made = await player.HandleAsync(new RegisterPlayer("register", account.Name, settings.StartingGold));
            if (!made.Accepted)
            {
                return (null, Problem.From(made.Refusal));
            }
        }

        var now = clock.GetUtcNow();
        var token = new RefreshToken(shard, KeyOf(account.Name), Ulid.New(now), RefreshToken.NewSecret());
        var opened = await AccountOf(shard, account.Name).HandleAsync(new OpenSession(
            $"open:{token.SessionId}", token.SessionId, token.Hash, now.AddSeconds(settings.Tokens.RefreshSeconds)));
        return opened.Accepted ? (SessionOf(opened.Value, token), null) : (null, Problem.From(opened.Refusal));
    }

    private SessionBody SessionOf(AccountView account, RefreshToken refresh)
    {
        var session = account.Sessions.Single(session => session.SessionId == refresh.SessionId);
        var (token, caller) = tokens.Issue(account.PlayerId, account.Name, refresh.Account, refresh.SessionId);
        return new SessionBody(
            account.PlayerId, refresh.Shard, token, caller.ExpiresAt, refresh.ToString(), session.ExpiresAt);
    }

    private void EndSessions(string sessionId)
    {
        revocations.Revoke(sessionId);
        sessions.CloseRevoked(sessionId);
    }

    private IAccountGrain AccountOf(string shard, string name) => shards.On(shard).GetGrain<IAccountGrain>(KeyOf(name));

    private static string KeyOf(string name) => name.ToLowerInvariant();
}
