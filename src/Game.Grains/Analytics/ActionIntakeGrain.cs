using Game.Contracts.Analytics;
using Game.Contracts.Streams;

namespace Game.Grains.Analytics;

/// <summary>Batches what callers bring: while the stream takes one batch, and a moment longer, the next one gathers.</summary>
[Reentrant]
public sealed class ActionIntakeGrain(AnalyticsOptions options, AnalyticsMetrics metrics, TimeProvider clock) : ShardGrain, IActionIntakeGrain
{
    private const int MaxBatch = 500;

    private readonly Queue<Waiting> _waiting = new();
    private IAsyncStream<PlayerAction>? _stream;
    private Task _writing = Task.CompletedTask;

    public Task TakeAsync(IReadOnlyList<PlayerAction> actions)
    {
        var waiting = new Waiting(actions, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _waiting.Enqueue(waiting);
        if (_writing.IsCompleted)
        {
            _writing = WriteAsync();
        }

        return waiting.Done.Task;
    }

    private async Task WriteAsync()
    {
        while (_waiting.Count > 0)
        {
            var batch = new List<PlayerAction>();
            var callers = new List<Waiting>();
            while (_waiting.TryPeek(out var next) && (batch.Count == 0 || batch.Count + next.Actions.Count <= MaxBatch))
            {
                callers.Add(_waiting.Dequeue());
                batch.AddRange(next.Actions);
            }

            try
            {
                await PutAsync(batch);
                metrics.Taken(batch.Count);
                callers.ForEach(caller => caller.Done.SetResult());
            }
            catch (Exception exception)
            {
                callers.ForEach(caller => caller.Done.SetException(exception));
            }

            if (batch.Count < MaxBatch && options.Linger > TimeSpan.Zero)
            {
                await Task.Delay(options.Linger, clock);
            }
        }
    }

    private Task PutAsync(List<PlayerAction> batch)
    {
        if (options.Way is { } way)
        {
            return way.WriteAsync(Key, batch);
        }

        _stream ??= this.GetStreamProvider(StreamProviders.Kafka)
            .GetStream<PlayerAction>(StreamId.Create(ActionStreams.Namespace, this.GetPrimaryKeyString()));
        return _stream.OnNextBatchAsync(batch);
    }

    private sealed record Waiting(IReadOnlyList<PlayerAction> Actions, TaskCompletionSource Done);
}
