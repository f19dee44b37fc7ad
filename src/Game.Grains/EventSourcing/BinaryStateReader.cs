using Game.Contracts;
using Game.EventStore;

namespace Game.Grains.EventSourcing;

/// <summary>Reads states whose snapshots are bytes of their own making. A snapshot that cannot be read is passed over.</summary>
/// <param name="format">Names the bytes' format and its version.</param>
/// <param name="read">Throws <see cref="InvalidDataException"/> on bytes it cannot read.</param>
public sealed class BinaryStateReader<TState>(
    IEventStore store,
    EventCodec codec,
    string format,
    Func<TState> initial,
    Func<TState, GameEvent, TState> apply,
    Func<TState, byte[]> write,
    BinaryStateReader<TState>.ReadBytes read)
    : AggregateReader<TState>(store, codec, initial, apply)
    where TState : class
{
    public delegate TState ReadBytes(ReadOnlySpan<byte> bytes);

    protected override string Format => format;

    protected override ReadOnlyMemory<byte> Serialize(TState state) => write(state);

    protected override TState? Deserialize(ReadOnlyMemory<byte> body)
    {
        try
        {
            return read(body.Span);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
