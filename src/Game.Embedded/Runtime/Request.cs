using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Game.Embedded;

/// <summary>
/// One call on its way to a grain or an observer, and the source of the caller's task. The class is derived once per
/// interface method by <see cref="ProxyFactory"/>, which adds the arguments.
/// </summary>
/// <remarks>Exactly one of response, time-out, cancellation and loss of the silo completes a request; the others change nothing.</remarks>
internal abstract class Request : WorkItem
{
    private int _completed;

    /// <summary>Position in <see cref="InFlightRequests"/>; negative when not registered.</summary>
    internal int Slot = -1;

    /// <summary>The sweep of <see cref="InFlightRequests"/> before which the request was sent.</summary>
    internal int SentAt;

    internal RequestMethod Method { get; set; } = null!;

    /// <summary>The queue that has or had the request last.</summary>
    internal RequestQueue? Target { get; set; }

    /// <summary>The request that made this one, or the activation if that is not known; null from outside.</summary>
    internal object? Caller { get; set; }

    internal ImmutableDictionary<string, object>? Context { get; set; }

    internal RequestCancellation? Cancellation { get; set; }

    internal bool IsCompleted => Volatile.Read(ref _completed) != 0;

    /// <summary>Whether the request concerns one activation only and is dropped when that ends.</summary>
    internal virtual bool IsLocal => false;

    /// <summary>Whether the request counts as use of the activation.</summary>
    internal virtual bool KeepsAlive => true;

    internal GrainId? Source => Caller switch
    {
        Request request => (request.Target as Activation)?.GrainId,
        Activation activation => activation.GrainId,
        _ => null,
    };

    internal bool MayReenter(ReentrantSections? sections) =>
        sections is not null
        && Context is { } context
        && context.TryGetValue(RequestContext.ReentrancyKey, out var id)
        && sections.Contains((Guid)id);

    internal sealed override void Run(TurnQueue queue) => ((RequestQueue)queue).Accept(this);

    /// <summary>
    /// Calls the target's method. Completes the request if that completes at once; otherwise arranges for
    /// <see cref="RequestQueue.OnAsynchronousEnd"/> in a later turn.
    /// </summary>
    /// <returns>Whether the method has completed.</returns>
    internal abstract bool Invoke(RequestQueue queue, object target);

    /// <summary>The same through the filters, which see arguments and result as objects.</summary>
    internal abstract Task<object?> InvokeForFiltersAsync(object target);

    internal abstract void CompleteFromFilters(Task<object?> outcome);

    /// <returns>Whether the request was still open; an exception that no caller waits for is reported instead.</returns>
    internal bool TryFail(Exception exception)
    {
        if (Method.IsOneWay)
        {
            Target!.Silo.Diagnostics.OneWayFailed(this, exception);
            return false;
        }

        if (!TryClaim())
        {
            return false;
        }

        SetException(exception);
        return true;
    }

    public virtual CancellationToken GetToken() => CancellationToken.None;

    public virtual void SetToken(CancellationToken token) => throw new NotSupportedException();

    /// <summary>Whether the caller of this method is the one to complete the request; releases what the request holds.</summary>
    private protected bool TryClaim()
    {
        if (Volatile.Read(ref _completed) != 0 || Interlocked.CompareExchange(ref _completed, 1, 0) != 0)
        {
            return false;
        }

        Cancellation?.Dispose();
        if (Slot >= 0)
        {
            Target!.Silo.InFlight.Remove(this);
        }

        return true;
    }

    private protected abstract void SetException(Exception exception);

    private protected InvalidOperationException NoTask() => new($"{Method} returned null instead of a task.");
}

/// <summary>A request with a result; <see cref="Nothing"/> for methods without one.</summary>
internal abstract class Request<TResult> : Request
{
    private AsyncTaskMethodBuilder<TResult> _builder;

    /// <summary>The caller's task. First read by the caller, before the request is sent.</summary>
    internal Task<TResult> Task => _builder.Task;

    internal sealed override void CompleteFromFilters(Task<object?> outcome)
    {
        if (!outcome.IsCompletedSuccessfully)
        {
            Fail(outcome);
            return;
        }

        try
        {
            Succeed(typeof(TResult) == typeof(Nothing) ? default! : (TResult)outcome.Result!);
        }
        catch (Exception exception) when (exception is InvalidCastException or NullReferenceException)
        {
            TryFail(new InvalidCastException($"A filter set a result of the wrong type for {Method}.", exception));
        }
    }

    private protected void Succeed(TResult result)
    {
        if (!Method.IsOneWay && TryClaim())
        {
            _builder.SetResult(result);
        }
    }

    private protected void Fail(Task task) => TryFail(task.Exception?.InnerException ?? new TaskCanceledException(task));

    private protected sealed override void SetException(Exception exception) => _builder.SetException(exception);
}

/// <summary>The result of a method that has none.</summary>
internal readonly struct Nothing;
