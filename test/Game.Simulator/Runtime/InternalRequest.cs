using System.Reflection;
using Orleans.Serialization.Invocation;

namespace Game.Simulator;

/// <summary>Something the runtime itself asks of an activation: it runs among the grain's requests, and is no method of it.</summary>
internal sealed class InternalRequest(string name, Func<Activation, Task> body) : IInvokable
{
    private Activation? _target;

    public object? GetTarget() => _target;

    public void SetTarget(ITargetHolder holder) => _target = (Activation)holder;

    public async ValueTask<Response> Invoke()
    {
        try
        {
            await body(_target!);
            return Response.Completed;
        }
        catch (Exception exception)
        {
            return Response.FromException(exception);
        }
    }

    public int GetArgumentCount() => 0;

    public object? GetArgument(int index) => throw new ArgumentOutOfRangeException(nameof(index));

    public void SetArgument(int index, object value) => throw new ArgumentOutOfRangeException(nameof(index));

    public string GetMethodName() => name;

    public string GetInterfaceName() => "simulator";

    public string GetActivityName() => $"simulator/{name}";

    public MethodInfo GetMethod() => throw new NotSupportedException($"{name} is no method of a grain.");

    public Type GetInterfaceType() => throw new NotSupportedException($"{name} is no method of a grain.");

    public void Dispose()
    {
    }

    public override string ToString() => name;
}
