using System.Collections.Concurrent;
using Game.Contracts.Accounts;
using Game.Gateway.Http;

namespace Game.Gateway.Tokens;

/// <summary>
/// Asks the account whether a session is still open, and believes the answer for a few seconds. What this gateway revokes
/// itself counts at once. Safe for concurrent use.
/// </summary>
internal sealed class RevocationCheck(ShardRouter shards, TokenSettings settings, TimeProvider clock)
{
    private const int PruneAbove = 10_000;

    private readonly ConcurrentDictionary<string, Answer> _answers = new(StringComparer.Ordinal);
    private readonly TimeSpan _keep = TimeSpan.FromSeconds(settings.RevocationCacheSeconds);
    private long _pruneAt = PruneAbove;

    public async ValueTask<bool> IsOpenAsync(Caller caller)
    {
        var now = clock.GetUtcNow();
        if (_answers.TryGetValue(caller.SessionId, out var known) && known.Until > now)
        {
            return known.Open;
        }

        if (!shards.Serves(caller.Shard))
        {
            return false;
        }

        var account = await GrainRetry.RunAsync(
            async () => await shards.On(caller.Shard).GetGrain<IAccountGrain>(caller.Account).GetAsync(), clock, CancellationToken.None);
        var open = account?.Sessions.Any(session => session.SessionId == caller.SessionId && session.ExpiresAt > now) ?? false;
        Remember(caller.SessionId, open, now);
        return open;
    }

    /// <summary>The session was closed through this gateway. It cannot come back, so the answer may be kept as any other.</summary>
    public void Revoke(string sessionId) => Remember(sessionId, false, clock.GetUtcNow());

    private void Remember(string sessionId, bool open, DateTimeOffset now)
    {
        // A closed session never opens again: an answer read before it was closed must not undo that.
        var answer = new Answer(open, now + _keep);
        _answers.AddOrUpdate(sessionId, answer, (_, old) => !old.Open && old.Until > now ? old : answer);
        if (_answers.Count > Interlocked.Read(ref _pruneAt))
        {
            foreach (var (id, old) in _answers)
            {
                if (old.Until <= now)
                {
                    _answers.TryRemove(id, out _);
                }
            }

            // Where so many are in use at once, the next look is worth it only after as many more.
            Interlocked.Exchange(ref _pruneAt, Math.Max(PruneAbove, 2L * _answers.Count));
        }
    }

    private readonly record struct Answer(bool Open, DateTimeOffset Until);
}
