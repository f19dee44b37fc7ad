namespace Game.Embedded;

/// <summary>
/// Base of the generated references to grains and observers. Two references are equal when they name the same target.
/// Safe for concurrent use.
/// </summary>
public abstract class GrainReference : IAddressable, IEquatable<GrainReference>
{
    private protected GrainReference()
    {
    }

    public abstract GrainId GrainId { get; }

    internal abstract object Cast(Type interfaceType);

    public abstract bool Equals(GrainReference? other);

    public sealed override bool Equals(object? obj) => Equals(obj as GrainReference);

    public override int GetHashCode() => GrainId.GetHashCode();

    public override string ToString() => $"GrainReference:{GrainId}";
}
