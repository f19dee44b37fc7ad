namespace Game.Grains.Hosting;

/// <summary>
/// The grains of one shard: keys are those of the shard, and no other shard's grains can be reached. Safe for concurrent use, as
/// the factory behind it is.
/// </summary>
/// <param name="shard">The shard.</param>
/// <param name="silo">Knows the grains of all shards.</param>
public sealed class ShardGrainFactory(string shard, IGrainFactory silo) : IGrainFactory
{
    private const string NoSuchKeys = "The grains of a shard have keys of text.";

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey =>
        silo.GetGrain<TGrainInterface>(ShardKey.Of(shard, primaryKey), grainClassNamePrefix);

    public IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey) =>
        silo.GetGrain(grainInterfaceType, ShardKey.Of(shard, grainPrimaryKey));

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey) => silo.GetGrain(interfaceType, Own(grainKey));

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey, string grainClassNamePrefix) =>
        silo.GetGrain(interfaceType, Own(grainKey), grainClassNamePrefix);

    /// <exception cref="ArgumentException">It is a grain of another shard.</exception>
    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId)
        where TGrainInterface : IAddressable =>
        silo.GetGrain<TGrainInterface>(Own(grainId));

    /// <inheritdoc cref="GetGrain{TGrainInterface}(GrainId)"/>
    public IAddressable GetGrain(GrainId grainId) => silo.GetGrain(Own(grainId));

    /// <inheritdoc cref="GetGrain{TGrainInterface}(GrainId)"/>
    public IAddressable GetGrain(GrainId grainId, GrainInterfaceType interfaceType) => silo.GetGrain(Own(grainId), interfaceType);

    public TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver =>
        silo.CreateObjectReference<TGrainObserverInterface>(obj);

    public void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver =>
        silo.DeleteObjectReference<TGrainObserverInterface>(obj);

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidKey => throw new NotSupportedException(NoSuchKeys);

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerKey => throw new NotSupportedException(NoSuchKeys);

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidCompoundKey => throw new NotSupportedException(NoSuchKeys);

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerCompoundKey => throw new NotSupportedException(NoSuchKeys);

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey) => throw new NotSupportedException(NoSuchKeys);

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey) => throw new NotSupportedException(NoSuchKeys);

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey, string keyExtension) => throw new NotSupportedException(NoSuchKeys);

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey, string keyExtension) => throw new NotSupportedException(NoSuchKeys);

    private IdSpan Own(IdSpan key) => IdSpan.Create(ShardKey.Of(shard, key.ToString()!));

    private GrainId Own(GrainId grain) => ShardKey.IsOf(shard, grain)
        ? grain
        : throw new ArgumentException($"{grain} is no grain of shard {shard}; shards reach each other over the bus only.", nameof(grain));
}
