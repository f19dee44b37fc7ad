using Orleans.CodeGeneration;

namespace Game.Simulator;

/// <summary>
/// A silo's streams with implicit subscriptions only. Each stream is delivered in order, at least once; what fails for
/// <see cref="SimulatedStreams.MaxDeliveryTime"/> is given up and its grain told so.
/// </summary>
internal sealed class SimulatedStreamProvider(SimulatedSilo silo, string name, SimulatedStreams streams) : IStreamProvider
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(30);

    // Two lives of a silo may deliver one stream at the same time, each from where it is.
    private readonly Dictionary<StreamLog, int> _positions = [];
    private readonly HashSet<StreamLog> _delivering = [];

    public string Name => name;

    public bool IsRewindable => false;

    public IAsyncStream<T> GetStream<T>(StreamId streamId) => new SimulatedStream<T>(this, streamId);

    /// <summary>Goes on with what earlier lives have left.</summary>
    public void Start()
    {
        foreach (var log in streams.Logs)
        {
            Deliver(log);
        }
    }

    public void Append(StreamId stream, IReadOnlyList<object> items)
    {
        if (silo.Simulation.IsAskedFromElsewhere)
        {
            silo.Simulation.Post(() => Append(stream, items));
            return;
        }

        var log = streams.LogOf(stream);
        streams.Append(log, [.. items.Select(item => GrainModel.Instance.Items.Copy(item)!)]);
        Deliver(log);
    }

    private void Deliver(StreamLog log)
    {
        if (_delivering.Add(log))
        {
            _ = silo.Simulation.Start(() => DeliverAllAsync(log));
        }
    }

    private async Task DeliverAllAsync(StreamLog log)
    {
        var position = _positions.GetValueOrDefault(log, log.Committed);
        while (position < log.Batches.Count && !silo.IsDead)
        {
            await Task.Delay(streams.Delay(), silo.Clock);
            if (streams.CommitsEarly)
            {
                log.Committed = Math.Max(log.Committed, position + 1);
            }

            await DeliverAsync(log, log.Batches[position]);
            if (silo.IsDead)
            {
                break;
            }

            if (streams.Repeats())
            {
                continue;
            }

            _positions[log] = ++position;
            log.Reached = Math.Max(log.Reached, position);
            if (streams.Commits())
            {
                log.Committed = Math.Max(log.Committed, position);
            }
        }

        _delivering.Remove(log);
    }

    private async Task DeliverAsync(StreamLog log, IReadOnlyList<StreamItem> batch)
    {
        foreach (var consumer in silo.SubscribersOf(log.Id.GetNamespace()!))
        {
            var grain = GrainId.Create(consumer.GrainType, log.Id.GetKeyAsString());
            var started = silo.Clock.GetTimestamp();
            var backoff = FirstBackoff;
            while (await TryDeliverAsync(grain, log, batch) is { } failure && !silo.IsDead)
            {
                if (silo.Clock.GetElapsedTime(started) + backoff > streams.MaxDeliveryTime)
                {
                    await GiveUpAsync(grain, log, failure);
                    break;
                }

                await Task.Delay(backoff, silo.Clock);
                backoff = backoff * 2 > MaxBackoff ? MaxBackoff : backoff * 2;
            }
        }
    }

    /// <returns>Why it failed; null: it did not.</returns>
    private async Task<Exception?> TryDeliverAsync(GrainId grain, StreamLog log, IReadOnlyList<StreamItem> batch)
    {
        try
        {
            await AskAsync(grain, "stream delivery", activation => SimulatedSubscriptions.Of(activation).DeliverAsync(name, log.Id, batch));
            return null;
        }
        catch (Exception exception)
        {
            silo.OnTrouble($"A delivery of {log.Id} failed: {exception.Message}");
            return exception;
        }
    }

    private async Task GiveUpAsync(GrainId grain, StreamLog log, Exception failure)
    {
        streams.Skipped++;
        try
        {
            await AskAsync(grain, "stream error", activation => SimulatedSubscriptions.Of(activation).FailAsync(log.Id, failure));
        }
        catch (Exception exception)
        {
            // As in Orleans: it was given up already.
            silo.OnTrouble($"{grain} could not be told that a delivery of {log.Id} was given up: {exception.Message}");
        }
    }

    private Task AskAsync(GrainId grain, string what, Func<Activation, Task> body)
    {
        var call = new Call<object?>(grain, new InternalRequest(what, body), InvokeMethodOptions.None, isFromElsewhere: false);
        silo.Send(call);
        return call.Answer;
    }
}
