namespace Game.Embedded;

/// <summary>What a reference names: finds, or makes, the queue that takes its requests.</summary>
internal abstract class CallTarget : IEquatable<CallTarget>
{
    internal abstract EmbeddedSilo Silo { get; }

    internal abstract GrainId GrainId { get; }

    internal abstract RequestQueue Resolve();

    /// <exception cref="InvalidCastException">The target does not implement it.</exception>
    internal abstract void CheckImplements(Type interfaceType);

    public abstract bool Equals(CallTarget? other);

    public sealed override bool Equals(object? obj) => Equals(obj as CallTarget);

    public override int GetHashCode() => GrainId.GetHashCode();
}

/// <summary>A grain by class and key. Remembers the activation it found last.</summary>
internal sealed class GrainTarget(GrainClass grainClass, string key) : CallTarget
{
    private Activation? _found;

    internal override EmbeddedSilo Silo => grainClass.Silo;

    internal override GrainId GrainId => new(grainClass.Name, key);

    internal override RequestQueue Resolve()
    {
        var found = Volatile.Read(ref _found);
        if (found is null || found.IsGone)
        {
            found = grainClass.Find(key);
            if (grainClass.IsPlacedOnce)
            {
                Volatile.Write(ref _found, found);
            }
        }

        return found;
    }

    internal override void CheckImplements(Type interfaceType)
    {
        if (!interfaceType.IsAssignableFrom(grainClass.Type))
        {
            throw new InvalidCastException($"{grainClass.Type} does not implement {interfaceType}.");
        }
    }

    public override bool Equals(CallTarget? other) =>
        other is GrainTarget target && ReferenceEquals(target.Silo, Silo) && target.GrainId == GrainId;
}
