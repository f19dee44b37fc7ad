using System.Reflection;

namespace Game.Embedded;

/// <summary>
/// Sees every request before the grain does. Registered with the host it applies to all grains, in registration order;
/// implemented by a grain class it applies to that grain, after those.
/// </summary>
public interface IIncomingGrainCallFilter
{
    /// <summary>Runs in the activation's turn. Calls <see cref="IGrainCallContext.Invoke"/> to go on, or refuses by throwing.</summary>
    Task Invoke(IIncomingGrainCallContext context);
}

/// <summary>The method and the arguments of a request.</summary>
public interface IInvokable
{
    int GetArgumentCount();

    object? GetArgument(int index);

    void SetArgument(int index, object? value);

    string GetMethodName();

    string GetInterfaceName();

    MethodInfo GetMethod();
}

/// <summary>One request on its way through the filters.</summary>
public interface IGrainCallContext
{
    IInvokable Request { get; }

    object Grain { get; }

    /// <summary>The calling grain; null when the call came from outside.</summary>
    GrainId? SourceId { get; }

    GrainId TargetId { get; }

    string InterfaceName { get; }

    string MethodName { get; }

    MethodInfo InterfaceMethod { get; }

    /// <summary>What the caller gets; set by <see cref="Invoke"/>, may be replaced. Null for methods without a result.</summary>
    object? Result { get; set; }

    /// <summary>Goes on to the next filter or the grain; rethrows what the grain throws.</summary>
    Task Invoke();
}

/// <inheritdoc cref="IGrainCallContext"/>
public interface IIncomingGrainCallContext : IGrainCallContext
{
    IGrainContext TargetContext { get; }

    MethodInfo ImplementationMethod { get; }
}
