namespace Game.Embedded;

/// <summary>
/// Delivers one stream to one grain: in order, one delivery at a time. What the grain does not take is delivered again after
/// a growing pause, until <see cref="EmbeddedSiloOptions.MaxEventDeliveryTime"/> is over; then it is skipped.
/// </summary>
internal sealed class StreamLane : TurnQueue
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly MemoryStreamProvider _provider;
    private readonly MemoryStreamState _stream;
    private readonly GrainTarget _target;
    private readonly Queue<StreamBatch> _batches = [];
    private bool _isDelivering;
    private bool _isAbandoned;
    private int _pending;

    public StreamLane(MemoryStreamProvider provider, MemoryStreamState stream, GrainClass subscriber)
        : base(provider.Silo)
    {
        _provider = provider;
        _stream = stream;
        _target = new GrainTarget(subscriber, stream.Id.GetKeyAsString());
    }

    public GrainId Subscriber => _target.GrainId;

    /// <summary>Events added and not yet delivered or skipped.</summary>
    public int Pending => Volatile.Read(ref _pending);

    /// <summary>Adds to the end. From any thread; the caller holds the stream's lock, which is what orders producers.</summary>
    public void Add(StreamBatch batch)
    {
        Interlocked.Add(ref _pending, batch.Count);
        _provider.OnTaken(batch.Count);
        Post(batch);
    }

    /// <summary>Runs in the lane's turn.</summary>
    public void Take(StreamBatch batch)
    {
        _batches.Enqueue(batch);
        if (_isAbandoned)
        {
            Abandon([]);
        }
        else if (!_isDelivering)
        {
            _isDelivering = true;
            CleanContext.Enter();
            Silo.Diagnostics.Observe(DeliverAllAsync());
        }
    }

    private async Task DeliverAllAsync()
    {
        while (_batches.Count > 0 && !Silo.Stopped.IsCancellationRequested)
        {
            var batches = TakeGroup();
            await DeliverAsync(batches);
        }

        _isDelivering = false;
    }

    private List<StreamBatch> TakeGroup()
    {
        var group = new List<StreamBatch> { _batches.Dequeue() };
        var count = group[0].Count;
        while (_batches.TryPeek(out var next)
            && count + next.Count <= Silo.Options.StreamBatchSize
            && ReferenceEquals(next.Context, group[0].Context))
        {
            group.Add(_batches.Dequeue());
            count += next.Count;
        }

        return group;
    }

    private async Task DeliverAsync(List<StreamBatch> batches)
    {
        var started = Silo.TimeProvider.GetTimestamp();
        var pause = FirstPause;
        while (batches.Count > 0)
        {
            var delivery = new StreamDelivery(_provider, _stream.Id, batches);
            try
            {
                await CallDispatcher.SendTask(_target, delivery, StreamDelivery.DeliverMethod);
                Finish(batches, batches.Count, failure: null);
            }
            catch (SiloUnavailableException) when (Silo.Stopped.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                Finish(batches, delivery.Delivered, failure: null);
                if (_provider.LeavesFailuresToTheNext)
                {
                    Abandon(batches);
                    return;
                }

                if (Silo.TimeProvider.GetElapsedTime(started) + pause > Silo.Options.MaxEventDeliveryTime)
                {
                    await SkipAsync(batches, exception);
                    return;
                }

                if (!await PauseAsync(pause))
                {
                    return;
                }

                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    private async Task SkipAsync(List<StreamBatch> batches, Exception exception)
    {
        var events = batches.Sum(batch => batch.Count);
        Silo.Diagnostics.StreamDeliveryFailed(_provider.Name, _stream.Id, Subscriber, events, exception);
        var failure = new StreamEventDeliveryFailureException(
            $"{events} event(s) of stream {_stream.Id} could not be delivered to {Subscriber} and are skipped.", exception);
        try
        {
            await CallDispatcher.SendTask(
                _target, new StreamErrorDelivery(_provider, _stream.Id, failure), StreamErrorDelivery.ErrorMethod);
        }
        catch (Exception callbackFailure)
        {
            Silo.Diagnostics.StreamErrorCallbackFailed(_stream.Id, Subscriber, callbackFailure);
        }

        Finish(batches, batches.Count, exception);
    }

    /// <summary>Lets go of these and all that wait behind them, unsettled: they come again when the silo has started anew.</summary>
    private void Abandon(List<StreamBatch> batches)
    {
        _isAbandoned = true;
        var events = batches.Concat(_batches).Sum(batch => batch.Count);
        _batches.Clear();
        if (events > 0)
        {
            Interlocked.Add(ref _pending, -events);
            _provider.OnDone(_stream, events);
        }
    }

    private void Finish(List<StreamBatch> batches, int delivered, Exception? failure)
    {
        for (var i = 0; i < delivered; i++)
        {
            batches[i].Settlement?.Settle(failure);
        }

        var events = batches.Take(delivered).Sum(batch => batch.Count);
        batches.RemoveRange(0, delivered);
        if (events > 0)
        {
            Interlocked.Add(ref _pending, -events);
            _provider.OnDone(_stream, events);
        }
    }

    /// <returns>False if the silo stopped.</returns>
    private async Task<bool> PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, Silo.TimeProvider, Silo.Stopped);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
