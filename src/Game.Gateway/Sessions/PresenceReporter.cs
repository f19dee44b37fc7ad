using Game.Contracts.Presence;

namespace Game.Gateway.Sessions;

/// <summary>
/// Tells each shard which of its players have a session here: one call a shard and second, however many players come and go,
/// with what has changed. Called by one loop at a time.
/// </summary>
internal sealed partial class PresenceReporter(SessionRegistry sessions, ShardRouter shards, ILogger<PresenceReporter> logger)
{
    private readonly string _gateway = Guid.NewGuid().ToString("N");
    private readonly Dictionary<string, Told> _told = new(StringComparer.Ordinal);

    public Task ReportAsync(CancellationToken cancellationToken)
    {
        var online = sessions.Sessions.Select(session => session.Caller)
            .GroupBy(caller => caller.Shard, caller => caller.PlayerId, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
        foreach (var shard in online.Keys)
        {
            _told.TryAdd(shard, new Told());
        }

        return Task.WhenAll(_told.Select(
            entry => ReportAsync(entry.Key, entry.Value, online.GetValueOrDefault(entry.Key, []), cancellationToken)));
    }

    private async Task ReportAsync(string shard, Told told, HashSet<string> online, CancellationToken cancellationToken)
    {
        // Nobody was there and nobody has come: nothing has to be kept alive.
        if (online.Count == 0 && told.Players.Count == 0 && told.IsKnown)
        {
            return;
        }

        try
        {
            var presence = shards.On(shard).GetGrain<IPresenceGrain>(shard);
            var report = told.IsKnown
                ? new PresenceReport(_gateway, ++told.Sequence, false, [.. online.Except(told.Players)], [.. told.Players.Except(online)])
                : new PresenceReport(_gateway, ++told.Sequence, true, [.. online], []);
            told.IsKnown = false;
            told.IsKnown = await presence.ReportAsync(report).WaitAsync(cancellationToken);
            told.Players = online;
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // What the shard knows is unknown: the next report is a full one.
            LogNotReported(logger, shard, exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Shard {Shard} could not be told who is online; again in a moment.")]
    private static partial void LogNotReported(ILogger logger, string shard, Exception exception);

    private sealed class Told
    {
        public HashSet<string> Players { get; set; } = [];

        public long Sequence { get; set; }

        /// <summary>Whether the shard knows <see cref="Players"/>.</summary>
        public bool IsKnown { get; set; }
    }
}
