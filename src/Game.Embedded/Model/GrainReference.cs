namespace Game.Embedded;

/// <summary>
/// Base of the generated references to grains and observers. Two references are equal when they name the same target.
/// Safe for concurrent use.
/// </summary>
public abstract class GrainReference : IAddressable, IEquatable<GrainReference>
{
    private protected readonly CallTarget Target;

    private protected GrainReference(CallTarget target)
    {
        Target = target;
    }

    public GrainId GrainId => Target.GrainId;

    internal CallTarget CallTarget => Target;

    public bool Equals(GrainReference? other) => other is not null && Target.Equals(other.Target);

    public sealed override bool Equals(object? obj) => Equals(obj as GrainReference);

    public override int GetHashCode() => Target.GetHashCode();

    public override string ToString() => $"GrainReference:{GrainId}";

    internal object Cast(Type interfaceType)
    {
        if (interfaceType.IsInstanceOfType(this))
        {
            return this;
        }

        Target.CheckImplements(interfaceType);
        return ProxyFactory.Create(interfaceType, Target);
    }
}
