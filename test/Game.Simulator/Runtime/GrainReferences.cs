using System.Collections.Concurrent;
using Orleans.CodeGeneration;
using Orleans.Serialization.Invocation;

namespace Game.Simulator;

/// <summary>Makes references from Orleans' generated proxies, and carries what they are asked to a silo's grains.</summary>
/// <param name="silo">Whose grains.</param>
/// <param name="client">Who asks from outside; null: the silo's own process.</param>
internal sealed class GrainReferences(SimulatedSilo silo, ClientConnection? client) : IGrainFactory, IGrainReferenceRuntime
{
    private static readonly GrainType ObserverType = GrainType.Create("sys.observer");

    private readonly ConcurrentDictionary<(GrainType Type, Type Interface), (GrainReferenceShared Shared, GrainModel.ProxyConstructor Create)> _known = new();
    private readonly ConcurrentDictionary<(GrainId Id, Type Interface), GrainReference> _made = new();
    private long _observers;

    /// <summary>Each is made once: a generated proxy has copiers made for it, which costs more than most calls.</summary>
    public GrainReference Create(GrainId id, Type interfaceType) =>
        _made.GetOrAdd((id, interfaceType), static (key, references) => references.Make(key.Id, key.Interface), this);

    public ValueTask<T?> InvokeMethodAsync<T>(GrainReference reference, IInvokable request, InvokeMethodOptions options)
    {
        if (options.HasFlag(InvokeMethodOptions.OneWay))
        {
            InvokeMethod(reference, request, options);
            return default;
        }

        var call = new Call<T?>(reference.GrainId, request, options, silo.Simulation.IsAskedFromElsewhere);
        Send(call);
        return new ValueTask<T?>(call.Answer);
    }

    public ValueTask InvokeMethodAsync(GrainReference reference, IInvokable request, InvokeMethodOptions options)
    {
        var answer = InvokeMethodAsync<object>(reference, request, options);
        return answer.IsCompletedSuccessfully ? default : new ValueTask(answer.AsTask());
    }

    public void InvokeMethod(GrainReference reference, IInvokable request, InvokeMethodOptions options) =>
        Send(new Call(reference.GrainId, request, options));

    public object Cast(IAddressable grain, Type interfaceType) =>
        interfaceType.IsInstanceOfType(grain) && grain is GrainReference ? grain : Create(grain.GetGrainId(), interfaceType);

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey => (TGrainInterface)GetGrain(typeof(TGrainInterface), primaryKey);

    public IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey)
    {
        ArgumentException.ThrowIfNullOrEmpty(grainPrimaryKey);
        return (IGrain)Create(GrainId.Create(silo.ClassOf(grainInterfaceType).GrainType, grainPrimaryKey), grainInterfaceType);
    }

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId)
        where TGrainInterface : IAddressable => (TGrainInterface)(object)Create(grainId, typeof(TGrainInterface));

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey) =>
        Create(GrainId.Create(silo.ClassOf(interfaceType).GrainType, grainKey), interfaceType);

    public TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver
    {
        var id = GrainId.Create(ObserverType, $"{silo.Name}/{(client is null ? "silo" : "client")}/{Interlocked.Increment(ref _observers)}");
        silo.Add(id, new SimulatedObserver(silo.Simulation, obj));
        return (TGrainObserverInterface)(object)Create(id, typeof(TGrainObserverInterface));
    }

    public void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver =>
        silo.RemoveObserver(obj is GrainReference reference ? reference.GrainId : silo.FindObserver(obj));

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidKey => throw NotModelled();

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerKey => throw NotModelled();

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidCompoundKey => throw NotModelled();

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerCompoundKey => throw NotModelled();

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey) => throw NotModelled();

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey) => throw NotModelled();

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey, string keyExtension) => throw NotModelled();

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey, string keyExtension) => throw NotModelled();

    public IAddressable GetGrain(GrainId grainId) => throw NotModelled();

    public IAddressable GetGrain(GrainId grainId, GrainInterfaceType interfaceType) => throw NotModelled();

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey, string grainClassNamePrefix) => throw NotModelled();

    private GrainReference Make(GrainId id, Type interfaceType)
    {
        if (!_known.TryGetValue((id.Type, interfaceType), out var known))
        {
            var shared = new GrainReferenceShared(
                id.Type,
                GrainInterfaceType.Create(interfaceType.FullName!),
                interfaceVersion: 0,
                this,
                InvokeMethodOptions.None,
                GrainModel.Instance.Codecs,
                GrainModel.Instance.CopyContexts,
                GrainModel.Instance.Services);
            known = (shared, GrainModel.Instance.ProxyOf(interfaceType));
            _known.TryAdd((id.Type, interfaceType), known);
        }

        return known.Create(known.Shared, id.Key);
    }

    private void Send(Call call)
    {
        if (silo.Simulation.IsAskedFromElsewhere)
        {
            silo.Simulation.Post(() => Send(call));
            return;
        }

        client?.Watch(call);
        silo.Send(call);
    }

    private static NotSupportedException NotModelled() => new("The simulator knows grains with string keys only.");
}
