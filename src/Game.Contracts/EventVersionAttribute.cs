namespace Game.Contracts;

/// <summary>Schema version of an event whose shape has changed since its first (1, without this attribute).</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class EventVersionAttribute(int version) : Attribute
{
    public int Version { get; } = version;
}
