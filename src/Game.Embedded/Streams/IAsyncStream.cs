namespace Game.Embedded;

/// <summary>A named source of streams. Safe for concurrent use.</summary>
public interface IStreamProvider
{
    string Name { get; }

    bool IsRewindable { get; }

    /// <summary>The stream of that id; streams exist as soon as they are named.</summary>
    IAsyncStream<T> GetStream<T>(StreamId streamId);
}

/// <summary>Streams by the parts of their id.</summary>
public static class StreamProviderExtensions
{
    public static IAsyncStream<T> GetStream<T>(this IStreamProvider streamProvider, string ns, string id)
    {
        ArgumentNullException.ThrowIfNull(streamProvider);
        return streamProvider.GetStream<T>(StreamId.Create(ns, id));
    }
}

public interface IAsyncStream
{
    bool IsRewindable { get; }

    string ProviderName { get; }

    StreamId StreamId { get; }
}

/// <summary>One stream: produce to it from anywhere, observe it from a grain that is implicitly subscribed.</summary>
public interface IAsyncStream<T>
    : IAsyncStream, IEquatable<IAsyncStream<T>>, IComparable<IAsyncStream<T>>, IAsyncObservable<T>, IAsyncBatchObservable<T>,
        IAsyncBatchProducer<T>
{
    /// <summary>The calling grain's subscriptions to this stream.</summary>
    Task<IList<StreamSubscriptionHandle<T>>> GetAllSubscriptionHandles();
}

/// <summary>Receives the events of a stream one by one, in the grain's turns.</summary>
public interface IAsyncObserver<in T>
{
    /// <summary>An exception makes the host deliver the event again, for a bounded time; then <see cref="OnErrorAsync"/> is called.</summary>
    Task OnNextAsync(T item, StreamSequenceToken? token = null);

    Task OnCompletedAsync() => Task.CompletedTask;

    Task OnErrorAsync(Exception ex);
}

/// <summary>Receives the events of a stream in batches, in order, in the grain's turns.</summary>
public interface IAsyncBatchObserver<T>
{
    /// <summary>An exception makes the host deliver the batch again, for a bounded time; then <see cref="OnErrorAsync"/> is called.</summary>
    Task OnNextAsync(IList<SequentialItem<T>> items);

    Task OnCompletedAsync() => Task.CompletedTask;

    Task OnErrorAsync(Exception ex);
}

/// <summary>An event of a stream with its position.</summary>
public class SequentialItem<T>(T item, StreamSequenceToken token)
{
    public T Item { get; } = item;

    public StreamSequenceToken Token { get; } = token;
}

public interface IAsyncBatchProducer<T> : IAsyncObserver<T>
{
    /// <summary>Completes when the host has taken the events: they are delivered later, in order.</summary>
    Task OnNextBatchAsync(IEnumerable<T> batch, StreamSequenceToken? token = null);
}

public interface IAsyncObservable<T>
{
    /// <summary>Attaches an observer to the calling grain's implicit subscription.</summary>
    /// <exception cref="InvalidOperationException">Not called by a grain that is implicitly subscribed.</exception>
    Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer);
}

public interface IAsyncBatchObservable<T>
{
    /// <inheritdoc cref="IAsyncObservable{T}.SubscribeAsync"/>
    Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncBatchObserver<T> observer);
}
