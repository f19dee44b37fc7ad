using System.Collections.Concurrent;

namespace Game.Embedded;

/// <summary>References to the grains of one silo and to observers.</summary>
internal sealed class GrainFactory(EmbeddedSilo silo) : IGrainFactory
{
    private readonly ConcurrentDictionary<Type, (GrainClass Class, ProxyType Proxy)> _implementations = new();
    private long _observers;

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey)
        where TGrainInterface : IGrainWithStringKey
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(primaryKey);
        var (grainClass, proxy) = _implementations.GetOrAdd(typeof(TGrainInterface), Resolve);
        return (TGrainInterface)proxy.Create(new GrainTarget(grainClass, primaryKey));
    }

    public TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver
    {
        ArgumentNullException.ThrowIfNull(obj);
        if (obj is GrainReference)
        {
            throw new ArgumentException("Already a reference.", nameof(obj));
        }

        var target = new ObserverTarget(silo, obj, Interlocked.Increment(ref _observers)).Address;
        return (TGrainObserverInterface)silo.CreateReference(typeof(TGrainObserverInterface), target);
    }

    public void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver
    {
        if (obj is GrainReference reference && reference.CallTarget.Resolve() is ObserverTarget target)
        {
            target.Delete();
        }
        else
        {
            throw new ArgumentException("Not a reference made by CreateObjectReference.", nameof(obj));
        }
    }

    private (GrainClass Class, ProxyType Proxy) Resolve(Type interfaceType)
    {
        var classes = silo.GrainClasses.Where(grainClass => grainClass.Type.IsAssignableTo(interfaceType)).ToList();
        return classes.Count switch
        {
            1 => (classes[0], ProxyFactory.Get(interfaceType)),
            0 => throw new ArgumentException($"Could not find an implementation for interface {interfaceType}."),
            _ => throw new ArgumentException(
                $"More than one grain class implements {interfaceType}: {string.Join(", ", classes.Select(found => found.Type))}."),
        };
    }
}
