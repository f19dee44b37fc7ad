using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Configuration;
using Orleans.Serialization.Invocation;
using Orleans.Serialization.Serializers;

namespace Game.Simulator;

/// <summary>
/// What Orleans has generated for the grain assemblies of this process: proxies, codecs, copiers. Made once and shared by all
/// simulated silos. Thread-safe.
/// </summary>
internal sealed class GrainModel
{
    private readonly Dictionary<Type, Type> _proxies = [];
    private readonly ConcurrentDictionary<Type, ProxyConstructor> _constructors = new();

    private GrainModel()
    {
        Services = new ServiceCollection()
            .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddSerializer()
            .BuildServiceProvider();
        Codecs = Services.GetRequiredService<CodecProvider>();
        CopyContexts = Services.GetRequiredService<CopyContextPool>();
        Responses = Services.GetRequiredService<DeepCopier<Response>>();
        Items = Services.GetRequiredService<DeepCopier>();
        foreach (var proxy in Services.GetRequiredService<IOptions<TypeManifestOptions>>().Value.InterfaceProxies)
        {
            // Of all that a proxy implements, its own interface is the one that the others are bases of.
            var interfaces = proxy.GetInterfaces().Except(proxy.BaseType!.GetInterfaces()).ToList();
            foreach (var own in interfaces.Where(type => !interfaces.Exists(other => other != type && type.IsAssignableFrom(other))))
            {
                _proxies.TryAdd(own, proxy);
            }
        }
    }

    public delegate GrainReference ProxyConstructor(GrainReferenceShared shared, IdSpan key);

    public static GrainModel Instance { get; } = new();

    public ServiceProvider Services { get; }

    public CodecProvider Codecs { get; }

    public CopyContextPool CopyContexts { get; }

    /// <summary>What a grain answers is copied on its way, as Orleans does: caller and grain share nothing that can change.</summary>
    public DeepCopier<Response> Responses { get; }

    public DeepCopier Items { get; }

    /// <exception cref="InvalidOperationException">Orleans has generated no proxy for it.</exception>
    public ProxyConstructor ProxyOf(Type interfaceType) => _constructors.GetOrAdd(
        interfaceType,
        type => _proxies.TryGetValue(type, out var proxy)
            ? ConstructorOf(proxy)
            : throw new InvalidOperationException($"{type} has no generated proxy."));

    public bool HasProxy(Type interfaceType) => _proxies.ContainsKey(interfaceType);

    private static ProxyConstructor ConstructorOf(Type proxy)
    {
        var shared = Expression.Parameter(typeof(GrainReferenceShared));
        var key = Expression.Parameter(typeof(IdSpan));
        var constructor = proxy.GetConstructor(
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance, [typeof(GrainReferenceShared), typeof(IdSpan)])
            ?? throw new MissingMethodException(proxy.FullName, ".ctor(GrainReferenceShared, IdSpan)");
        return Expression.Lambda<ProxyConstructor>(Expression.New(constructor, shared, key), shared, key).Compile();
    }
}
