namespace Game.Embedded;

/// <summary>Sends requests. Called by the generated references; one method per kind of return type.</summary>
internal static class CallDispatcher
{
    public static Task SendTask(CallTarget target, TaskRequest request, RequestMethod method)
    {
        var task = request.Task;
        Send(target, request, method);
        return task;
    }

    public static Task<TResult> SendTaskOf<TResult>(CallTarget target, TaskRequest<TResult> request, RequestMethod method)
    {
        var task = request.Task;
        Send(target, request, method);
        return task;
    }

    public static ValueTask SendValueTask(CallTarget target, ValueTaskRequest request, RequestMethod method)
    {
        Send(target, request, method);
        return new ValueTask(request, request.Version);
    }

    public static ValueTask<TResult> SendValueTaskOf<TResult>(
        CallTarget target, ValueTaskRequest<TResult> request, RequestMethod method)
    {
        Send(target, request, method);
        return new ValueTask<TResult>(request, request.Version);
    }

    public static Task SendOneWayTask(CallTarget target, TaskRequest request, RequestMethod method)
    {
        SendOneWay(target, request, method);
        return Task.CompletedTask;
    }

    public static ValueTask SendOneWayValueTask(CallTarget target, ValueTaskRequest request, RequestMethod method)
    {
        SendOneWay(target, request, method);
        return ValueTask.CompletedTask;
    }

    private static void Send(CallTarget target, Request request, RequestMethod method)
    {
        request.Method = method;
        var caller = TurnQueue.Running;
        var silo = target.Silo;
        if (silo.Refuses(caller) is { } refusal)
        {
            request.Refuse(refusal);
            return;
        }

        var cancellation = default(RequestCancellation);
        if (method.TakesToken && request.GetToken() is { CanBeCanceled: true } token)
        {
            if (token.IsCancellationRequested)
            {
                request.Refuse(new OperationCanceledException(token));
                return;
            }

            cancellation = new RequestCancellation(request, token);
        }

        var queue = target.Resolve();
        request.SetOrigin(caller, RequestContext.Values, cancellation);
        request.Target = queue;
        silo.Register(request);
        queue.Post(request);
        cancellation?.Arm();
    }

    private static void SendOneWay(CallTarget target, Request request, RequestMethod method)
    {
        request.Method = method;
        var silo = target.Silo;
        if (silo.Refuses(TurnQueue.Running) is { } refusal)
        {
            silo.Diagnostics.OneWayNotSent(target.GrainId, method, refusal);
            return;
        }

        request.SetOrigin(null, RequestContext.Values, null);
        request.Target = target.Resolve();
        request.Target.Post(request);
    }
}
