namespace Game.Embedded;

/// <summary>Sends requests. Called by the generated references; one method per kind of return type.</summary>
internal static class CallDispatcher
{
    public static Task SendTask(CallTarget target, Request<Nothing> request, RequestMethod method) => Send(target, request, method);

    public static Task<TResult> SendTaskOf<TResult>(CallTarget target, Request<TResult> request, RequestMethod method) =>
        Send(target, request, method);

    public static ValueTask SendValueTask(CallTarget target, Request<Nothing> request, RequestMethod method) =>
        new(Send(target, request, method));

    public static ValueTask<TResult> SendValueTaskOf<TResult>(CallTarget target, Request<TResult> request, RequestMethod method) =>
        new(Send(target, request, method));

    public static Task SendOneWayTask(CallTarget target, Request<Nothing> request, RequestMethod method)
    {
        SendOneWay(target, request, method);
        return Task.CompletedTask;
    }

    public static ValueTask SendOneWayValueTask(CallTarget target, Request<Nothing> request, RequestMethod method)
    {
        SendOneWay(target, request, method);
        return ValueTask.CompletedTask;
    }

    private static Task<TResult> Send<TResult>(CallTarget target, Request<TResult> request, RequestMethod method)
    {
        var task = request.Task;
        request.Method = method;
        var caller = TaskScheduler.Current as TurnQueue;
        var silo = target.Silo;
        if (silo.Refuses(caller) is { } refusal)
        {
            return Task.FromException<TResult>(refusal);
        }

        if (method.TakesToken && request.GetToken() is { CanBeCanceled: true } token)
        {
            if (token.IsCancellationRequested)
            {
                return Task.FromCanceled<TResult>(token);
            }

            request.Cancellation = new RequestCancellation(request, token);
        }

        RequestQueue queue;
        try
        {
            queue = target.Resolve();
        }
        catch (OrleansException exception)
        {
            return Task.FromException<TResult>(exception);
        }

        request.Caller = (object?)(caller as RequestQueue)?.CurrentRequest ?? caller;
        request.Context = RequestContext.Values;
        request.Target = queue;
        silo.Register(request);
        queue.Post(request);
        request.Cancellation?.Arm();
        return task;
    }

    private static void SendOneWay(CallTarget target, Request<Nothing> request, RequestMethod method)
    {
        request.Method = method;
        var caller = TaskScheduler.Current as TurnQueue;
        var silo = target.Silo;
        var refusal = (OrleansException?)silo.Refuses(caller);
        if (refusal is null)
        {
            try
            {
                request.Context = RequestContext.Values;
                request.Target = target.Resolve();
                request.Target.Post(request);
                return;
            }
            catch (OrleansException exception)
            {
                refusal = exception;
            }
        }

        silo.Diagnostics.OneWayNotSent(target.GrainId, method, refusal);
    }
}
