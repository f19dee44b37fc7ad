namespace Game.Embedded;

/// <summary>
/// Carries a caller's cancellation to the callee: the caller's task ends at once, and the token that the grain got is
/// cancelled in the grain's own turn.
/// </summary>
internal sealed class RequestCancellation : IDisposable
{
    private readonly Request _request;
    private readonly CancellationToken _callers;
    private readonly CancellationTokenSource _callees = new();
    private CancellationTokenRegistration _registration;

    public RequestCancellation(Request request, CancellationToken callers)
    {
        _request = request;
        _callers = callers;
        request.SetToken(_callees.Token);
    }

    /// <summary>Begins to listen; called once the request has been sent.</summary>
    public void Arm()
    {
        _registration = _callers.UnsafeRegister(static self => ((RequestCancellation)self!).OnCallerCancelled(), this);
        if (_request.IsCompleted)
        {
            _registration.Unregister();
        }
    }

    /// <summary>The request has completed. The callee's token stays valid: the grain may hold it.</summary>
    public void Dispose() => _registration.Unregister();

    private void OnCallerCancelled()
    {
        if (_request.TryFail(new OperationCanceledException(_callers)))
        {
            _request.Target!.Post(static callees => callees.Cancel(), _callees);
        }
    }
}
