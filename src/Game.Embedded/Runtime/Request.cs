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
    private const int Completed = -1;

    /// <summary>
    /// Where the request comes from: null (outside), the calling <see cref="Request"/>, the calling <see cref="TurnQueue"/>
    /// if its request is not known, or a <see cref="RequestOrigin"/> when there is more to say.
    /// </summary>
    private object? _origin;

    private int _position;

    /// <summary>Where <see cref="InFlightRequests"/> keeps the request; one-way requests are not kept.</summary>
    internal InFlightRequests.Slot[]? Segment;

    /// <summary>The sweep of <see cref="InFlightRequests"/> before which the request was sent.</summary>
    internal int SentAt;

    internal RequestMethod Method { get; set; } = null!;

    /// <summary>The queue that has or had the request last.</summary>
    internal RequestQueue? Target { get; set; }

    /// <summary>Index in <see cref="Segment"/>; negative when completed.</summary>
    internal int Position
    {
        get => Volatile.Read(ref _position);
        set => _position = value;
    }

    /// <summary>Whether nobody waits for the response any more.</summary>
    internal bool IsCompleted => Position == Completed;

    /// <summary>The request that made this one, or the queue if that is not known; null from outside.</summary>
    internal object? Caller => _origin is RequestOrigin origin ? origin.Caller : _origin;

    internal ImmutableDictionary<string, object>? Context => (_origin as RequestOrigin)?.Context;

    internal RequestCancellation? Cancellation => (_origin as RequestOrigin)?.Cancellation;

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

    internal void SetOrigin(TurnQueue? caller, ImmutableDictionary<string, object>? context, RequestCancellation? cancellation)
    {
        var origin = caller is null ? null : (object?)(caller as RequestQueue)?.CurrentRequest ?? caller;
        _origin = context is null && cancellation is null ? origin : new RequestOrigin(origin, context, cancellation);
    }

    /// <summary>Lets go of the caller, so that requests that were not awaited do not hold each other in memory.</summary>
    internal void ForgetCaller()
    {
        if (_origin is RequestOrigin origin)
        {
            origin.Caller = null;
        }
        else
        {
            _origin = null;
        }
    }

    internal bool MayReenter(ReentrantSections? sections) =>
        sections is not null
        && Context is { } context
        && context.TryGetValue(RequestContext.ReentrancyKey, out var id)
        && sections.Contains((Guid)id);

    // Requests are posted to request queues only.
    internal sealed override void Run(TurnQueue queue) => Unsafe.As<RequestQueue>(queue).Accept(this);

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

    /// <summary>Fails a request that was never sent.</summary>
    internal void Refuse(Exception exception) => SetException(exception);

    public virtual CancellationToken GetToken() => CancellationToken.None;

    public virtual void SetToken(CancellationToken token) => throw new NotSupportedException();

    /// <summary>Whether the caller of this method is the one to complete the request; releases what the request holds.</summary>
    private protected bool TryClaim()
    {
        if (!InFlightRequests.TryRemove(this))
        {
            return false;
        }

        Volatile.Write(ref _position, Completed);
        Cancellation?.Dispose();
        return true;
    }

    private protected abstract void SetException(Exception exception);

    private protected InvalidOperationException NoTask() => new($"{Method} returned null instead of a task.");
}

/// <summary>What a request brings along, if it brings anything but its caller.</summary>
internal sealed class RequestOrigin(
    object? caller, ImmutableDictionary<string, object>? context, RequestCancellation? cancellation)
{
    public object? Caller { get; set; } = caller;

    public ImmutableDictionary<string, object>? Context => context;

    public RequestCancellation? Cancellation => cancellation;
}

/// <summary>A request with a result; <see cref="Nothing"/> for methods without one.</summary>
internal abstract class Request<TResult> : Request
{
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

    private protected abstract void SetResult(TResult result);

    /// <summary>Completes the request from the task that the method returned, now or when that completes.</summary>
    /// <returns>Whether it has completed.</returns>
    private protected bool Follow(Task task, RequestQueue queue)
    {
        if (task.IsCompleted)
        {
            CompleteFrom(task);
            return true;
        }

        _ = task.ContinueWith(
            static (task, request) =>
            {
                var self = (Request<TResult>)request!;
                self.CompleteFrom(task);
                self.Target!.OnAsynchronousEnd(self);
            },
            this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, queue);
        return false;
    }

    private protected void Succeed(TResult result)
    {
        if (!Method.IsOneWay && TryClaim())
        {
            SetResult(result);
        }
    }

    private void CompleteFrom(Task task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            Fail(task);
        }
        else if (typeof(TResult) == typeof(Nothing))
        {
            Succeed(default!);
        }
        else
        {
            Succeed(((Task<TResult>)task).Result);
        }
    }

    private void Fail(Task task) => TryFail(task.Exception?.InnerException ?? new TaskCanceledException(task));
}

/// <summary>The result of a method that has none.</summary>
internal readonly struct Nothing;
