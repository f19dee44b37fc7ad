using System.Security.Cryptography;
using System.Text;

namespace Game.Embedded;

/// <summary>One stream of a <see cref="MemoryStreamProvider"/>.</summary>
internal sealed class MemoryStream<T>(MemoryStreamProvider provider, StreamId streamId) : IAsyncStream<T>
{
    public bool IsRewindable => false;

    public string ProviderName => provider.Name;

    public StreamId StreamId => streamId;

    public Task OnNextAsync(T item, StreamSequenceToken? token = null) => ProduceAsync([item], token);

    public Task OnNextBatchAsync(IEnumerable<T> batch, StreamSequenceToken? token = null) => ProduceAsync([.. batch], token);

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Always: streams have no end.</exception>
    public Task OnCompletedAsync() => throw new NotSupportedException("Streams have no end.");

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Always: streams carry events only.</exception>
    public Task OnErrorAsync(Exception ex) => throw new NotSupportedException("Streams carry events only.");

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer) => GetOwnHandle().ResumeAsync(observer);

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncBatchObserver<T> observer) => GetOwnHandle().ResumeAsync(observer);

    public Task<IList<StreamSubscriptionHandle<T>>> GetAllSubscriptionHandles() => Task.FromResult<IList<StreamSubscriptionHandle<T>>>(
        RuntimeContext.Current is Activation activation && provider.IsSubscribed(activation, streamId)
            ? [new MemoryStreamHandle<T>(activation, provider, streamId)]
            : []);

    public bool Equals(IAsyncStream<T>? other) => other is not null && other.StreamId == streamId && other.ProviderName == ProviderName;

    public override bool Equals(object? obj) => Equals(obj as IAsyncStream<T>);

    public override int GetHashCode() => streamId.GetHashCode();

    public int CompareTo(IAsyncStream<T>? other) => other is null ? 1 : streamId.CompareTo(other.StreamId);

    private Task ProduceAsync(T[] items, StreamSequenceToken? token)
    {
        if (token is not null)
        {
            throw new ArgumentException("The host gives events their positions.", nameof(token));
        }

        try
        {
            return provider.ProduceAsync(streamId, items);
        }
        catch (Exception exception)
        {
            return Task.FromException(exception);
        }
    }

    private MemoryStreamHandle<T> GetOwnHandle() =>
        RuntimeContext.Current is Activation activation && provider.IsSubscribed(activation, streamId)
            ? new MemoryStreamHandle<T>(activation, provider, streamId)
            : throw new InvalidOperationException(
                $"Stream {streamId} can be observed only by the grain of that key whose class has an implicit subscription to its namespace.");
}

/// <summary>The implicit subscription of one activation to one stream. For use in its turns.</summary>
internal sealed class MemoryStreamHandle<T>(Activation activation, MemoryStreamProvider provider, StreamId streamId)
    : StreamSubscriptionHandle<T>
{
    public override StreamId StreamId => streamId;

    public override string ProviderName => provider.Name;

    public override Guid HandleId =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"{provider.Name}|{streamId}|{activation.GrainId}")).AsSpan(0, 16));

    public override Task UnsubscribeAsync()
    {
        activation.Extras.Streams?.Detach(provider.Name, streamId);
        return Task.CompletedTask;
    }

    public override Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncObserver<T> observer, StreamSequenceToken? token = null)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return AttachAsync(new ItemConsumer<T>(observer), token);
    }

    public override Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncBatchObserver<T> observer, StreamSequenceToken? token = null)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return AttachAsync(new BatchConsumer<T>(observer), token);
    }

    public override bool Equals(StreamSubscriptionHandle<T>? other) =>
        other is MemoryStreamHandle<T> && other.HandleId == HandleId;

    private Task<StreamSubscriptionHandle<T>> AttachAsync(StreamConsumer consumer, StreamSequenceToken? token)
    {
        if (token is not null)
        {
            throw new ArgumentException("Streams of this host do not rewind.", nameof(token));
        }

        (activation.Extras.Streams ??= new StreamConsumers()).Attach(provider.Name, streamId, consumer);
        return Task.FromResult<StreamSubscriptionHandle<T>>(this);
    }
}
