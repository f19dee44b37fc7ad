using Game.Contracts.Analytics;
using Game.Domain.Analytics.Encoding;

namespace Game.Domain.Analytics.Buckets;

/// <summary>
/// Which actions of shards' logs a bucket has: all up to a floor, and some above it. Exact in whatever order they come and however
/// often, because a shard raises the floor only over what is on the stream. Not thread-safe.
/// </summary>
internal sealed class LogMemory
{
    private readonly SortedDictionary<string, Log> _logs = new(StringComparer.Ordinal);

    public IReadOnlyList<LogMark> Marks =>
        [.. _logs.Select(log => new LogMark(log.Key, log.Value.Floor, log.Value.Above.Count))];

    /// <summary>Whether the action was seen before; from now on it has been.</summary>
    public bool IsRepeated(string shard, LogLink link)
    {
        if (!_logs.TryGetValue(shard, out var log))
        {
            _logs.Add(shard, log = new Log());
        }

        if (link.Floor > log.Floor)
        {
            log.Floor = link.Floor;
            log.Above.RemoveWhere(place => place <= log.Floor);
        }

        return link.Place <= log.Floor || !log.Above.Add(link.Place);
    }

    public void Write(ByteWriter writer)
    {
        writer.WriteVarint(_logs.Count);
        foreach (var (shard, log) in _logs)
        {
            writer.WriteText(shard);
            writer.WriteVarint(log.Floor);
            writer.WriteVarint(log.Above.Count);
            var last = log.Floor;
            foreach (var place in log.Above)
            {
                writer.WriteVarint(place - last);
                last = place;
            }
        }
    }

    public void Read(ref ByteReader reader)
    {
        for (var left = reader.ReadCount(); left > 0; left--)
        {
            var log = new Log();
            _logs.Add(reader.ReadText(), log);
            log.Floor = reader.ReadVarint();
            var last = log.Floor;
            for (var places = reader.ReadCount(); places > 0; places--)
            {
                log.Above.Add(last += reader.ReadVarint());
            }
        }
    }

    private sealed class Log
    {
        public long Floor { get; set; }

        public SortedSet<long> Above { get; } = [];
    }
}
