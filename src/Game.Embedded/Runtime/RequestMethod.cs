using System.Collections.Concurrent;
using System.Reflection;

namespace Game.Embedded;

/// <summary>What the host knows of one method of a grain or observer interface.</summary>
internal sealed class RequestMethod
{
    private readonly MethodInfo? _method;
    private readonly ConcurrentDictionary<Type, MethodInfo> _implementations = new();

    public RequestMethod(Type interfaceType, MethodInfo method)
    {
        _method = method;
        InterfaceName = interfaceType.Name;
        Name = method.Name;
        IsOneWay = method.IsDefined(typeof(OneWayAttribute));
        IsReadOnly = method.IsDefined(typeof(ReadOnlyAttribute));
        AlwaysInterleaves = method.IsDefined(typeof(AlwaysInterleaveAttribute));
        ResponseTimeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout;
        ParameterTypes = Array.ConvertAll(method.GetParameters(), parameter => parameter.ParameterType);
        TakesToken = ParameterTypes.Length > 0 && ParameterTypes[^1] == typeof(CancellationToken);
    }

    private RequestMethod(string interfaceName, string name, bool isOneWay, bool alwaysInterleaves)
    {
        InterfaceName = interfaceName;
        Name = name;
        IsOneWay = isOneWay;
        IsInternal = true;
        AlwaysInterleaves = alwaysInterleaves;
        ParameterTypes = [];
    }

    /// <exception cref="InvalidOperationException">The method is internal.</exception>
    public MethodInfo InterfaceMethod => _method ?? throw new InvalidOperationException($"{this} is no interface method.");

    public string InterfaceName { get; }

    public string Name { get; }

    public bool IsOneWay { get; }

    public bool IsReadOnly { get; }

    public bool AlwaysInterleaves { get; }

    public bool TakesToken { get; }

    /// <summary>Not a method of a grain interface but something the host makes an activation do.</summary>
    public bool IsInternal { get; }

    public TimeSpan? ResponseTimeout { get; }

    public Type[] ParameterTypes { get; }

    /// <summary>For what the host itself makes an activation do, such as timer ticks: not callable, not filtered.</summary>
    public static RequestMethod Internal(string owner, string name, bool isOneWay, bool alwaysInterleaves = false) =>
        new(owner, name, isOneWay, alwaysInterleaves);

    /// <summary>The method of <paramref name="targetType"/> that implements this one.</summary>
    public MethodInfo GetImplementation(Type targetType) => _implementations.GetOrAdd(
        targetType,
        static (type, method) =>
        {
            var map = type.GetInterfaceMap(method.DeclaringType!);
            return map.TargetMethods[Array.IndexOf(map.InterfaceMethods, method)];
        },
        InterfaceMethod);

    public override string ToString() => $"{InterfaceName}.{Name}";
}
