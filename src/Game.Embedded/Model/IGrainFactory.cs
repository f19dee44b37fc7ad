namespace Game.Embedded;

/// <summary>Gives references to grains and observers; never creates a grain. Safe for concurrent use.</summary>
public interface IGrainFactory
{
    /// <exception cref="ArgumentException">No grain class, or more than one, implements the interface; or the key is blank.</exception>
    TGrainInterface GetGrain<TGrainInterface>(string primaryKey)
        where TGrainInterface : IGrainWithStringKey;

    /// <summary>
    /// A reference through which grains can call <paramref name="obj"/>. The host holds the object weakly: keep it alive
    /// yourself. Its methods are called one at a time.
    /// </summary>
    TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver;

    /// <summary>Ends a reference made by <see cref="CreateObjectReference"/>; later calls through it do not arrive.</summary>
    /// <exception cref="ArgumentException">Not such a reference.</exception>
    void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver;
}
