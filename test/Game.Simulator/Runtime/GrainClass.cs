using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Game.Simulator;

/// <summary>A grain class and what its attributes say. Thread-safe.</summary>
internal sealed class GrainClass
{
    private static readonly ConcurrentDictionary<Assembly, IReadOnlyList<GrainClass>> Known = new();

    private readonly ObjectFactory _create;

    private GrainClass(Type type)
    {
        Type = type;
        GrainType = GrainType.Create(type.GetCustomAttribute<GrainTypeAttribute>()?.GetGrainType(null!, type).ToString() ?? NameOf(type));
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute), inherit: true);
        Interfaces = [.. type.GetInterfaces().Where(GrainModel.Instance.HasProxy)];
        StreamNamespaces =
        [
            .. type.GetCustomAttributesData()
                .Where(data => data.AttributeType == typeof(ImplicitStreamSubscriptionAttribute))
                .Select(data => (string)data.ConstructorArguments[0].Value!),
        ];
        _create = ActivatorUtilities.CreateFactory(type, []);
    }

    public Type Type { get; }

    public GrainType GrainType { get; }

    public bool IsReentrant { get; }

    /// <summary>Interfaces it can be called by.</summary>
    public IReadOnlyList<Type> Interfaces { get; }

    /// <summary>Namespaces of the streams that come to it by themselves.</summary>
    public IReadOnlyList<string> StreamNamespaces { get; }

    public static IReadOnlyList<GrainClass> In(Assembly assembly) => Known.GetOrAdd(
        assembly,
        static assembly => [.. assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Grain)) && !type.IsAbstract).Select(type => new GrainClass(type))]);

    public Grain Create(IServiceProvider services) => (Grain)_create(services, null);

    // As Orleans names a class that has no attribute.
    private static string NameOf(Type type)
    {
        var name = type.Name.ToLowerInvariant();
        return name.EndsWith("grain", StringComparison.Ordinal) ? name[..^"grain".Length] : name;
    }
}
