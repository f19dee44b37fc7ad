namespace Game.Grains.EventSourcing;

/// <summary>Brings an event's body from one schema version to the next. Pure; found by scanning this assembly.</summary>
public interface IEventUpcaster
{
    string Alias { get; }

    int FromVersion { get; }

    ReadOnlyMemory<byte> Upcast(ReadOnlyMemory<byte> body);
}
