using System.Diagnostics.Metrics;
using Game.Broadcast;
using Game.EventStore;
using Game.Gateway;

namespace Game.Silo.Telemetry;

/// <summary>
/// Looks at the shards of this process every few seconds, so that metrics show what the console shows (meter <c>Game.Silo</c>).
/// Every silo of a shard shows the same publishers: they are the shard's.
/// </summary>
internal sealed class ShardWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Meter _meter = new("Game.Silo");
    private readonly CancellationTokenSource _stopping = new();
    private readonly IOperations _operations;
    private readonly Task _watching;
    private volatile IReadOnlyList<ShardStatus> _latest = [];

    public ShardWatch(IOperations operations)
    {
        _operations = operations;
        _meter.CreateObservableGauge(
            "game.shard.ready",
            () => _latest.Select(shard => new Measurement<int>(shard.Ready ? 1 : 0, new KeyValuePair<string, object?>("shard", shard.Shard))),
            description: "1 if the shard takes traffic.");
        _meter.CreateObservableGauge(
            "game.publisher.lag",
            () => _latest.SelectMany(shard => shard.Publishers.Select(publisher => new Measurement<long>(
                publisher.Head - publisher.Cursor, new("shard", shard.Shard), new("route", publisher.Route)))),
            description: "Positions of the log that a publisher has not read yet.");
        _watching = Task.Run(WatchAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watching;
        _meter.Dispose();
        _stopping.Dispose();
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            do
            {
                await LookAsync();
            }
            while (await timer.WaitForNextTickAsync(_stopping.Token));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    private async Task LookAsync()
    {
        try
        {
            _latest = await _operations.GetShardsAsync(_stopping.Token);
        }
        catch (Exception exception) when (exception is EventStoreException or BroadcastException or TimeoutException or OrleansException)
        {
            // What nobody can see is not shown, rather than an old state.
            _latest = [];
        }
    }
}
