using Orleans.Providers.Streams.Common;

namespace Game.Simulator;

/// <summary>The streams that one activation observes.</summary>
internal sealed class SimulatedSubscriptions(Activation activation)
{
    private readonly Dictionary<StreamId, ISimulatedSubscription> _known = [];

    public static SimulatedSubscriptions Of(Activation activation)
    {
        if (activation.GetComponent(typeof(SimulatedSubscriptions)) is SimulatedSubscriptions known)
        {
            return known;
        }

        var made = new SimulatedSubscriptions(activation);
        activation.SetComponent(made);
        return made;
    }

    public void Attach(StreamId stream, ISimulatedSubscription subscription) => _known[stream] = subscription;

    public void Detach(StreamId stream) => _known.Remove(stream);

    /// <summary>An activation is told of its subscription with the first delivery. One that does not observe then gets nothing, and it counts as delivered.</summary>
    public async Task DeliverAsync(string provider, StreamId stream, IReadOnlyList<StreamItem> batch)
    {
        if (!_known.ContainsKey(stream) && activation.GrainInstance is IStreamSubscriptionObserver observer)
        {
            await observer.OnSubscribed(new HandleFactory(this, provider, stream));
        }

        if (_known.TryGetValue(stream, out var subscription))
        {
            await subscription.DeliverAsync(batch);
        }
    }

    public Task FailAsync(StreamId stream, Exception failure) =>
        _known.TryGetValue(stream, out var subscription) ? subscription.FailAsync(failure) : Task.CompletedTask;

    private sealed class HandleFactory(SimulatedSubscriptions subscriptions, string provider, StreamId stream) : IStreamSubscriptionHandleFactory
    {
        public StreamId StreamId => stream;

        public string ProviderName => provider;

        public GuidId SubscriptionId => throw new NotSupportedException("A simulated subscription has no id.");

        public StreamSubscriptionHandle<T> Create<T>() => new SimulatedSubscription<T>(subscriptions, provider, stream);
    }
}

internal interface ISimulatedSubscription
{
    Task DeliverAsync(IReadOnlyList<StreamItem> batch);

    Task FailAsync(Exception failure);
}

internal sealed class SimulatedSubscription<T>(SimulatedSubscriptions subscriptions, string provider, StreamId stream)
    : StreamSubscriptionHandle<T>, ISimulatedSubscription
{
    private IAsyncObserver<T>? _single;
    private IAsyncBatchObserver<T>? _batches;

    public override StreamId StreamId => stream;

    public override string ProviderName => provider;

    public override Guid HandleId => throw new NotSupportedException("A simulated subscription has no id.");

    public async Task DeliverAsync(IReadOnlyList<StreamItem> batch)
    {
        if (_batches is not null)
        {
            await _batches.OnNextAsync([.. batch.Select(item => new SequentialItem<T>((T)item.Value, TokenOf(item)))]);
            return;
        }

        foreach (var item in batch)
        {
            await _single!.OnNextAsync((T)item.Value, TokenOf(item));
        }
    }

    public Task FailAsync(Exception failure) => _batches?.OnErrorAsync(failure) ?? _single!.OnErrorAsync(failure);

    public override Task UnsubscribeAsync()
    {
        subscriptions.Detach(stream);
        return Task.CompletedTask;
    }

    public override Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncObserver<T> observer, StreamSequenceToken? token = null) =>
        Attach(observer, null);

    public override Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncBatchObserver<T> observer, StreamSequenceToken? token = null) =>
        Attach(null, observer);

    public override bool Equals(StreamSubscriptionHandle<T>? other) => ReferenceEquals(this, other);

    private static EventSequenceTokenV2 TokenOf(StreamItem item) => new(item.Sequence, item.Index);

    private Task<StreamSubscriptionHandle<T>> Attach(IAsyncObserver<T>? single, IAsyncBatchObserver<T>? batches)
    {
        _single = single;
        _batches = batches;
        subscriptions.Attach(stream, this);
        return Task.FromResult<StreamSubscriptionHandle<T>>(this);
    }
}
