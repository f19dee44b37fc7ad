namespace Game.Simulator;

/// <summary>A producer's view of a stream.</summary>
internal sealed class SimulatedStream<T>(SimulatedStreamProvider provider, StreamId id) : IAsyncStream<T>
{
    public bool IsRewindable => false;

    public string ProviderName => provider.Name;

    public StreamId StreamId => id;

    public Task OnNextAsync(T item, StreamSequenceToken? token = null) => OnNextBatchAsync([item], token);

    public Task OnNextBatchAsync(IEnumerable<T> batch, StreamSequenceToken? token = null)
    {
        provider.Append(id, [.. batch.Select(item => (object)item!)]);
        return Task.CompletedTask;
    }

    public Task OnCompletedAsync() => throw NotModelled();

    public Task OnErrorAsync(Exception ex) => throw NotModelled();

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer) => throw NotModelled();

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer, StreamSequenceToken? token, string? filterData = null) =>
        throw NotModelled();

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncBatchObserver<T> observer) => throw NotModelled();

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncBatchObserver<T> observer, StreamSequenceToken? token) => throw NotModelled();

    public Task<IList<StreamSubscriptionHandle<T>>> GetAllSubscriptionHandles() => throw NotModelled();

    public bool Equals(IAsyncStream<T>? other) => other?.StreamId == id && other.ProviderName == ProviderName;

    public override bool Equals(object? obj) => Equals(obj as IAsyncStream<T>);

    public override int GetHashCode() => id.GetHashCode();

    public int CompareTo(IAsyncStream<T>? other) => other is null ? 1 : id.CompareTo(other.StreamId);

    private static NotSupportedException NotModelled() => new("The simulator has implicit subscriptions only.");
}
