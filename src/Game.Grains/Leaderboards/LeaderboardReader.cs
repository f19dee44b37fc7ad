using System.Buffers;
using Game.Domain.Leaderboards;
using Game.EventStore;
using Game.Grains.EventSourcing;

namespace Game.Grains.Leaderboards;

/// <summary>Boards have up to millions of entries, so their snapshots are binary.</summary>
public sealed class LeaderboardReader(IEventStore store, EventCodec codec, Func<Leaderboard> initial)
    : AggregateReader<Leaderboard>(store, codec, initial, (board, fact) => board.Apply(fact))
{
    private readonly Func<Leaderboard> _initial = initial;

    protected override string Format => "leaderboard/1";

    protected override ReadOnlyMemory<byte> Serialize(Leaderboard state)
    {
        var output = new ArrayBufferWriter<byte>();
        state.WriteSnapshot(output);
        return output.WrittenMemory;
    }

    protected override Leaderboard? Deserialize(ReadOnlyMemory<byte> body)
    {
        try
        {
            var board = _initial();
            board.ReadSnapshot(body.Span);
            return board;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
