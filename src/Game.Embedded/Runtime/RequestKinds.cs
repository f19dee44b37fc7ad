namespace Game.Embedded;

/// <summary>A request of a method that returns <see cref="System.Threading.Tasks.Task"/>.</summary>
internal abstract class TaskRequest : Request<Nothing>
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

        if (task.IsCompleted)
        {
            Complete(task);
            return true;
        }

        _ = task.ContinueWith(
            static (task, request) =>
            {
                var self = (TaskRequest)request!;
                self.Complete(task);
                self.Target!.OnAsynchronousEnd(self);
            },
            this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, queue);
        return false;
    }

    internal sealed override async Task<object?> InvokeForFiltersAsync(object target)
    {
        await Call(target);
        return null;
    }

    private void Complete(Task task)
    {
        if (task.IsCompletedSuccessfully)
        {
            Succeed(default);
        }
        else
        {
            Fail(task);
        }
    }
}

/// <summary>A request of a method that returns <see cref="Task{TResult}"/>.</summary>
internal abstract class TaskRequest<TResult> : Request<TResult>
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

        if (task.IsCompleted)
        {
            Complete(task);
            return true;
        }

        _ = task.ContinueWith(
            static (task, request) =>
            {
                var self = (TaskRequest<TResult>)request!;
                self.Complete(task);
                self.Target!.OnAsynchronousEnd(self);
            },
            this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, queue);
        return false;
    }

    internal sealed override async Task<object?> InvokeForFiltersAsync(object target) => await Call(target);

    private void Complete(Task<TResult> task)
    {
        if (task.IsCompletedSuccessfully)
        {
            Succeed(task.Result);
        }
        else
        {
            Fail(task);
        }
    }
}

/// <summary>A request of a method that returns <see cref="ValueTask"/>.</summary>
internal abstract class ValueTaskRequest : TaskRequest
{
    protected abstract ValueTask CallValue(object target);

    protected sealed override Task Call(object target) => CallValue(target).AsTask();
}

/// <summary>A request of a method that returns <see cref="ValueTask{TResult}"/>.</summary>
internal abstract class ValueTaskRequest<TResult> : TaskRequest<TResult>
{
    protected abstract ValueTask<TResult> CallValue(object target);

    protected sealed override Task<TResult> Call(object target) => CallValue(target).AsTask();
}
