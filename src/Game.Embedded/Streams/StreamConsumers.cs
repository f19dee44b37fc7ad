namespace Game.Embedded;

/// <summary>The observers that one activation has attached to its streams. Used in its turns.</summary>
internal sealed class StreamConsumers
{
    private readonly Dictionary<(string Provider, StreamId Stream), StreamConsumer> _attached = [];

    /// <summary>
    /// The observer attached to the stream; asks a grain that is <see cref="IStreamSubscriptionObserver"/> to attach one if
    /// there is none.
    /// </summary>
    public static async Task<StreamConsumer?> FindAsync(Activation activation, MemoryStreamProvider provider, StreamId streamId)
    {
        var consumers = activation.Extras.Streams ??= new StreamConsumers();
        if (consumers._attached.TryGetValue((provider.Name, streamId), out var consumer))
        {
            return consumer;
        }

        if (activation.GrainInstance is IStreamSubscriptionObserver observer)
        {
            await observer.OnSubscribed(new HandleFactory(activation, provider, streamId));
        }

        return consumers._attached.GetValueOrDefault((provider.Name, streamId));
    }

    public void Attach(string provider, StreamId streamId, StreamConsumer consumer) => _attached[(provider, streamId)] = consumer;

    public void Detach(string provider, StreamId streamId) => _attached.Remove((provider, streamId));

    private sealed class HandleFactory(Activation activation, MemoryStreamProvider provider, StreamId streamId)
        : IStreamSubscriptionHandleFactory
    {
        public StreamId StreamId => streamId;

        public string ProviderName => provider.Name;

        public StreamSubscriptionHandle<T> Create<T>() => new MemoryStreamHandle<T>(activation, provider, streamId);
    }
}

/// <summary>An attached observer, whatever the type of its events.</summary>
internal abstract class StreamConsumer
{
    /// <summary>Whether it takes the events of several produce calls at once.</summary>
    public abstract bool TakesBatches { get; }

    public abstract Task DeliverAsync(IReadOnlyList<StreamBatch> batches);

    public abstract Task ErrorAsync(Exception exception);
}

internal sealed class ItemConsumer<T>(IAsyncObserver<T> observer) : StreamConsumer
{
    public override bool TakesBatches => false;

    public override async Task DeliverAsync(IReadOnlyList<StreamBatch> batches)
    {
        foreach (var item in batches.SelectMany(batch => batch.GetItems<T>()))
        {
            await observer.OnNextAsync(item.Item, item.Token);
        }
    }

    public override Task ErrorAsync(Exception exception) => observer.OnErrorAsync(exception);
}

internal sealed class BatchConsumer<T>(IAsyncBatchObserver<T> observer) : StreamConsumer
{
    public override bool TakesBatches => true;

    public override Task DeliverAsync(IReadOnlyList<StreamBatch> batches) =>
        observer.OnNextAsync([.. batches.SelectMany(batch => batch.GetItems<T>())]);

    public override Task ErrorAsync(Exception exception) => observer.OnErrorAsync(exception);
}
