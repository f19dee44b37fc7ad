using System.Reflection;

namespace Game.Embedded;

/// <summary>Takes one request through its filters to the grain. Used by one request, in the activation's turns.</summary>
internal sealed class CallFilterChain : IIncomingGrainCallContext, IInvokable
{
    private readonly Request _request;
    private readonly object _grain;
    private readonly IIncomingGrainCallFilter[] _filters;
    private int _stage;

    private CallFilterChain(Request request, object grain, IIncomingGrainCallFilter[] filters)
    {
        _request = request;
        _grain = grain;
        _filters = filters;
    }

    public IInvokable Request => this;

    public object Grain => _grain;

    public GrainId? SourceId => _request.Source;

    public GrainId TargetId => TargetContext.GrainId;

    public IGrainContext TargetContext => (Activation)_request.Target!;

    public string InterfaceName => _request.Method.InterfaceName;

    public string MethodName => _request.Method.Name;

    public MethodInfo InterfaceMethod => _request.Method.InterfaceMethod;

    public MethodInfo ImplementationMethod => _request.Method.GetImplementation(_grain.GetType());

    public object? Result { get; set; }

    /// <returns>Whether the request has ended already; if not, the queue is told in a later turn.</returns>
    public static bool Start(RequestQueue queue, Request request, object grain, IIncomingGrainCallFilter[] filters)
    {
        var outcome = new CallFilterChain(request, grain, filters).RunAsync();
        if (outcome.IsCompleted)
        {
            request.CompleteFromFilters(outcome);
            return true;
        }

        _ = outcome.ContinueWith(
            static (outcome, request) =>
            {
                var self = (Request)request!;
                self.CompleteFromFilters(outcome);
                self.Target!.OnAsynchronousEnd(self);
            },
            request, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, queue);
        return false;
    }

    public async Task Invoke()
    {
        var stage = _stage++;
        if (stage < _filters.Length)
        {
            await _filters[stage].Invoke(this);
        }
        else if (stage == _filters.Length)
        {
            Result = await _request.InvokeForFiltersAsync(_grain);
        }
        else
        {
            throw new InvalidOperationException($"A filter invoked {_request.Method} more than once.");
        }
    }

    public int GetArgumentCount() => _request.Method.ParameterTypes.Length;

    public object? GetArgument(int index) => Field(index).GetValue(_request);

    public void SetArgument(int index, object? value) => Field(index).SetValue(_request, value);

    public string GetMethodName() => MethodName;

    public string GetInterfaceName() => InterfaceName;

    public MethodInfo GetMethod() => InterfaceMethod;

    private async Task<object?> RunAsync()
    {
        await Invoke();
        return Result;
    }

    private FieldInfo Field(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, GetArgumentCount());
        return _request.GetType().GetField(ProxyFactory.ArgumentField(index))!;
    }
}
