using System.Collections.Concurrent;
using Game.Gateway.Http;

namespace Game.Gateway.Sessions;

/// <summary>The sessions of this process, and how many more there may be. Safe for concurrent use.</summary>
internal sealed class SessionRegistry(SessionSettings settings)
{
    private readonly ConcurrentDictionary<GameSession, byte> _sessions = new();
    private readonly Dictionary<string, int> _ofPlayer = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private int _places;
    private volatile bool _draining;

    public static Problem Draining { get; } = new(
        StatusCodes.Status503ServiceUnavailable,
        GatewayCodes.Draining,
        "This gateway is going down; connect again in a moment.",
        RetryAfter: TimeSpan.FromSeconds(2));

    public bool IsDraining => _draining;

    public IEnumerable<GameSession> Sessions => _sessions.Keys;

    public int Count => _sessions.Count;

    /// <summary>Takes a place for a session to come, to be given back with <see cref="Release"/>.</summary>
    public Problem? Reserve(Caller caller)
    {
        lock (_lock)
        {
            if (_draining)
            {
                return Draining;
            }

            var own = _ofPlayer.GetValueOrDefault(caller.PlayerId);
            if (own >= settings.MaxPerPlayer)
            {
                return TooMany(StatusCodes.Status429TooManyRequests, $"at most {settings.MaxPerPlayer} a player");
            }

            if (_places >= settings.MaxSessions)
            {
                return TooMany(StatusCodes.Status503ServiceUnavailable, $"at most {settings.MaxSessions} a gateway");
            }

            _places++;
            _ofPlayer[caller.PlayerId] = own + 1;
            return null;
        }
    }

    public void Release(Caller caller)
    {
        lock (_lock)
        {
            _places--;
            var own = _ofPlayer[caller.PlayerId] - 1;
            if (own == 0)
            {
                _ofPlayer.Remove(caller.PlayerId);
            }
            else
            {
                _ofPlayer[caller.PlayerId] = own;
            }
        }
    }

    public void Add(GameSession session)
    {
        _sessions.TryAdd(session, 0);
        if (_draining)
        {
            session.Close(CloseReason.Draining);
        }
    }

    public void Remove(GameSession session) => _sessions.TryRemove(session, out _);

    /// <summary>Ends the sessions of a sign-in that was revoked.</summary>
    public void CloseRevoked(string sessionId)
    {
        foreach (var session in Sessions)
        {
            if (session.Caller.SessionId == sessionId)
            {
                session.Close(CloseReason.SignedOut);
            }
        }
    }

    /// <summary>From here on no session is accepted.</summary>
    public void BeginDrain()
    {
        lock (_lock)
        {
            _draining = true;
        }
    }

    /// <summary>Closes every session once what it has under way is answered; waits for them as long as allowed.</summary>
    public async Task DrainAsync(TimeSpan timeout, TimeProvider clock, CancellationToken cancellationToken)
    {
        var ending = Sessions.ToList();
        ending.ForEach(session => session.Close(CloseReason.Draining));
        try
        {
            await Task.WhenAll(ending.Select(session => session.Ended)).WaitAsync(timeout, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Whoever is left is cut off when the server stops.
        }
    }

    private static Problem TooMany(int status, string limit) =>
        new(status, GatewayCodes.TooManySessions, "Too many sessions are open.", Limit: limit, RetryAfter: TimeSpan.FromSeconds(5));
}
