using Orleans.CodeGeneration;
using Orleans.Serialization.Invocation;

namespace Game.Simulator;

/// <summary>A request on its way to a grain, and its answer on the way back.</summary>
internal class Call(GrainId target, IInvokable request, InvokeMethodOptions options)
{
    public GrainId Target => target;

    public IInvokable Request => request;

    public bool IsReadOnly => options.HasFlag(InvokeMethodOptions.ReadOnly);

    public bool AlwaysInterleaves => options.HasFlag(InvokeMethodOptions.AlwaysInterleave);

    /// <summary>Meant for one activation: it goes to no other one after that.</summary>
    public bool IsLocalOnly { get; init; }

    /// <summary>Whether it counts as use of the grain.</summary>
    public bool KeepsAlive { get; init; } = true;

    public virtual bool IsDone => false;

    public virtual void Complete(Response response)
    {
    }

    public virtual void Fail(Exception exception)
    {
    }
}

/// <summary>
/// A call that somebody waits for. What continues there is not run here: it has its own scheduler. Continuations are not forced to be
/// asynchronous, because those of combined tasks would then leave the simulation's thread; unless the caller is on another one.
/// </summary>
internal sealed class Call<T>(GrainId target, IInvokable request, InvokeMethodOptions options, bool isFromElsewhere)
    : Call(target, request, options)
{
    private readonly TaskCompletionSource<T> _answer =
        new(isFromElsewhere ? TaskCreationOptions.RunContinuationsAsynchronously : TaskCreationOptions.None);

    public Task<T> Answer => _answer.Task;

    public override bool IsDone => _answer.Task.IsCompleted;

    public override void Complete(Response response)
    {
        if (response.Exception is { } exception)
        {
            _answer.TrySetException(exception);
        }
        else
        {
            _answer.TrySetResult(response.GetResult<T>()!);
        }
    }

    public override void Fail(Exception exception) => _answer.TrySetException(exception);
}
