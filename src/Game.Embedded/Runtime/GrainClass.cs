using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Game.Embedded;

/// <summary>One grain class in one silo: how to construct it, what it may do, and its activations by key.</summary>
internal sealed class GrainClass
{
    private readonly ConcurrentDictionary<string, Activation> _activations = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, StatelessWorkerPool> _pools = new(StringComparer.Ordinal);
    private readonly ObjectFactory _factory;
    private readonly int _maxWorkers;
    private int _activationCount;

    public GrainClass(EmbeddedSilo silo, Type type)
    {
        Silo = silo;
        Type = type;
        Name = GetName(type);
        _factory = ActivatorUtilities.CreateFactory(type, Type.EmptyTypes);
        _maxWorkers = type.GetCustomAttribute<StatelessWorkerAttribute>()?.MaxLocalWorkers ?? 0;
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute));
        HasOwnFilter = type.IsAssignableTo(typeof(IIncomingGrainCallFilter));
        OverridesActivate = Overrides(type, nameof(Grain.OnActivateAsync));
        OverridesDeactivate = Overrides(type, nameof(Grain.OnDeactivateAsync));
        StreamNamespaces = [.. type.GetCustomAttributes<ImplicitStreamSubscriptionAttribute>().Select(subscription => subscription.Namespace)];
        CollectionAge = GetCollectionAge(silo, type);
    }

    public EmbeddedSilo Silo { get; }

    public Type Type { get; }

    /// <summary>The class's part of its grains' identities.</summary>
    public string Name { get; }

    /// <summary>Whether a key has at most one activation.</summary>
    public bool IsPlacedOnce => _maxWorkers == 0;

    public bool IsReentrant { get; }

    public bool HasOwnFilter { get; }

    public bool OverridesActivate { get; }

    public bool OverridesDeactivate { get; }

    public IReadOnlyList<string> StreamNamespaces { get; }

    /// <summary>Null: never collected.</summary>
    public TimeSpan? CollectionAge { get; }

    public int ActivationCount => Volatile.Read(ref _activationCount);

    /// <summary>The grain interfaces that the class can be addressed by.</summary>
    public IEnumerable<Type> GrainInterfaces => Type.GetInterfaces().Where(type => type.IsAssignableTo(typeof(IGrain)));

    public static bool IsGrainClass(Type type) =>
        type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false } && type.IsAssignableTo(typeof(Grain));

    public Grain CreateInstance() => (Grain)_factory(Silo.Services, null);

    /// <summary>The activation that takes the next request for <paramref name="key"/>; made if there is none.</summary>
    public Activation Find(string key)
    {
        if (!IsPlacedOnce)
        {
            return FindWorker(key);
        }

        while (true)
        {
            if (_activations.TryGetValue(key, out var found))
            {
                return found;
            }

            var made = new Activation(this, key);
            if (_activations.TryAdd(key, made))
            {
                CountIn(made);
                return made;
            }
        }
    }

    /// <summary>Takes an activation out of the directory.</summary>
    public void Remove(Activation activation)
    {
        if (activation is StatelessWorker worker)
        {
            worker.Pool.Remove(worker);
        }
        else
        {
            _activations.TryRemove(new KeyValuePair<string, Activation>(activation.Key, activation));
        }
    }

    public void RemovePool(StatelessWorkerPool pool) =>
        _pools.TryRemove(new KeyValuePair<string, StatelessWorkerPool>(pool.Key, pool));

    /// <summary>All activations at about this moment.</summary>
    public IEnumerable<Activation> Activations =>
        IsPlacedOnce ? _activations.Select(entry => entry.Value) : _pools.SelectMany(entry => entry.Value.Workers);

    public void CountIn(Activation made)
    {
        Interlocked.Increment(ref _activationCount);
        Silo.OnActivationAdded(made);
    }

    public void CountOut()
    {
        Interlocked.Decrement(ref _activationCount);
        Silo.OnActivationRemoved();
    }

    private static string GetName(Type type)
    {
        var name = type.Name;
        if (name.EndsWith("Grain", StringComparison.Ordinal) && name.Length > "Grain".Length)
        {
            name = name[..^"Grain".Length];
        }

        return name.ToLowerInvariant();
    }

    private static bool Overrides(Type type, string method) =>
        type.GetMethods(BindingFlags.Instance | BindingFlags.Public)
            .Any(candidate => candidate.Name == method && candidate.GetBaseDefinition().DeclaringType == typeof(Grain)
                && candidate.DeclaringType != typeof(Grain));

    private static TimeSpan? GetCollectionAge(EmbeddedSilo silo, Type type)
    {
        var limit = type.GetCustomAttribute<CollectionAgeLimitAttribute>();
        return type.IsDefined(typeof(KeepAliveAttribute)) || limit is { AlwaysActive: true }
            ? null
            : limit?.AgeLimit ?? silo.Options.CollectionAge;
    }

    private Activation FindWorker(string key)
    {
        while (true)
        {
            var pool = _pools.GetOrAdd(key, static (key, self) => new StatelessWorkerPool(self, key, self._maxWorkers), this);
            if (pool.TryFind() is { } worker)
            {
                return worker;
            }
        }
    }
}
