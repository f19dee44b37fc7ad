namespace Game.Embedded;

/// <summary>
/// Subscribes every grain of the class to every stream of a namespace: the stream's events go to the grain whose key is the
/// stream's key.
/// </summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class ImplicitStreamSubscriptionAttribute(string streamNamespace) : Attribute
{
    internal string Namespace { get; } = streamNamespace.Trim();
}

/// <summary>A grain that is told of a subscription when the first event arrives and it has attached no observer.</summary>
public interface IStreamSubscriptionObserver
{
    /// <summary>Attach an observer: <c>await handleFactory.Create&lt;T&gt;().ResumeAsync(observer)</c>. Events without observer are dropped.</summary>
    Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory);
}

/// <summary>Identifies a subscription and gives the handle to attach to it.</summary>
public interface IStreamSubscriptionHandleFactory
{
    StreamId StreamId { get; }

    string ProviderName { get; }

    StreamSubscriptionHandle<T> Create<T>();
}

/// <summary>A grain's subscription to one stream.</summary>
public abstract class StreamSubscriptionHandle<T> : IEquatable<StreamSubscriptionHandle<T>?>
{
    public abstract StreamId StreamId { get; }

    public abstract string ProviderName { get; }

    public abstract Guid HandleId { get; }

    /// <summary>Detaches the observer. An implicit subscription itself remains.</summary>
    public abstract Task UnsubscribeAsync();

    /// <summary>Attaches an observer, replacing the one attached before. The token must be null: streams do not rewind.</summary>
    public abstract Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncObserver<T> observer, StreamSequenceToken? token = null);

    /// <inheritdoc cref="ResumeAsync(IAsyncObserver{T}, StreamSequenceToken?)"/>
    public abstract Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncBatchObserver<T> observer, StreamSequenceToken? token = null);

    public abstract bool Equals(StreamSubscriptionHandle<T>? other);

    public sealed override bool Equals(object? obj) => Equals(obj as StreamSubscriptionHandle<T>);

    public override int GetHashCode() => HandleId.GetHashCode();
}

/// <summary>Told to the observer when an event could not be delivered and is skipped.</summary>
public sealed class StreamEventDeliveryFailureException(string message, Exception innerException)
    : OrleansException(message, innerException);
