using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Game.Embedded;

/// <summary>A request of a method that returns a task: the caller's is a task object of its own.</summary>
internal abstract class TaskRequestBase<TResult> : Request<TResult>
{
    private AsyncTaskMethodBuilder<TResult> _builder;

    /// <summary>The caller's task. First read by the caller, before the request is sent.</summary>
    internal Task<TResult> Task => _builder.Task;

    private protected sealed override void SetResult(TResult result) => _builder.SetResult(result);

    private protected sealed override void SetException(Exception exception) => _builder.SetException(exception);
}

/// <summary>A request of a method that returns <see cref="Task"/>.</summary>
internal abstract class TaskRequest : TaskRequestBase<Nothing>
{
    protected abstract Task Call(object target);

    internal sealed override bool Invoke(RequestQueue queue, object target)
    {
        Task task;
        try
        {
            task = Call(target) ?? throw NoTask();
        }
        catch (Exception exception)
        {
            TryFail(exception);
            return true;
        }

        return Follow(task, queue);
    }

    internal sealed override async Task<object?> InvokeForFiltersAsync(object target)
    {
        await Call(target);
        return null;
    }
}

/// <summary>A request of a method that returns <see cref="Task{TResult}"/>.</summary>
internal abstract class TaskRequest<TResult> : TaskRequestBase<TResult>
{
    protected abstract Task<TResult> Call(object target);

    internal sealed override bool Invoke(RequestQueue queue, object target)
    {
        Task<TResult> task;
        try
        {
            task = Call(target) ?? throw NoTask();
        }
        catch (Exception exception)
        {
            TryFail(exception);
            return true;
        }

        return Follow(task, queue);
    }

    internal sealed override async Task<object?> InvokeForFiltersAsync(object target) => await Call(target);
}

/// <summary>A request of a method that returns a value task: the request itself is what the caller awaits.</summary>
internal abstract class ValueTaskRequestBase<TResult> : Request<TResult>, IValueTaskSource<TResult>, IValueTaskSource
{
    private ManualResetValueTaskSourceCore<TResult> _source = new() { RunContinuationsAsynchronously = true };

    internal short Version => _source.Version;

    public TResult GetResult(short token) => _source.GetResult(token);

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private protected sealed override void SetResult(TResult result) => _source.SetResult(result);

    private protected sealed override void SetException(Exception exception) => _source.SetException(exception);
}

/// <summary>A request of a method that returns <see cref="ValueTask"/>.</summary>
internal abstract class ValueTaskRequest : ValueTaskRequestBase<Nothing>
{
    protected abstract ValueTask Call(object target);

    internal sealed override bool Invoke(RequestQueue queue, object target)
    {
        ValueTask task;
        try
        {
            task = Call(target);
            if (task.IsCompletedSuccessfully)
            {
                task.GetAwaiter().GetResult();
                Succeed(default);
                return true;
            }
        }
        catch (Exception exception)
        {
            TryFail(exception);
            return true;
        }

        return Follow(task.AsTask(), queue);
    }

    internal sealed override async Task<object?> InvokeForFiltersAsync(object target)
    {
        await Call(target);
        return null;
    }
}

/// <summary>A request of a method that returns <see cref="ValueTask{TResult}"/>.</summary>
internal abstract class ValueTaskRequest<TResult> : ValueTaskRequestBase<TResult>
{
    protected abstract ValueTask<TResult> Call(object target);

    internal sealed override bool Invoke(RequestQueue queue, object target)
    {
        ValueTask<TResult> task;
        try
        {
            task = Call(target);
            if (task.IsCompletedSuccessfully)
            {
                Succeed(task.Result);
                return true;
            }
        }
        catch (Exception exception)
        {
            TryFail(exception);
            return true;
        }

        return Follow(task.AsTask(), queue);
    }

    internal sealed override async Task<object?> InvokeForFiltersAsync(object target) => await Call(target);
}
