using Game.Contracts.Analytics;
using Game.Contracts.Identity;
using Game.Domain.Analytics.Encoding;
using Game.Domain.Analytics.Processors;
using Game.Domain.Analytics.Sketches;
using Game.Domain.Analytics.Windows;

namespace Game.Domain.Analytics.Buckets;

/// <summary>What a batch adds to some windows: everything after <paramref name="After"/>, the mark they were at.</summary>
public sealed record Partial(WindowKey Window, ActionOffset After, PaneSet Content);

/// <summary>
/// What a batch leads to. First the partials become durable, each in its windows; then the bucket's memory; then the stream
/// may forget the batch. <paramref name="Command"/> is null if the batch holds nothing new.
/// </summary>
public sealed record FoldResult(AdvanceBucket? Command, IReadOnlyList<Partial> Partials);

/// <summary>
/// Folds a bucket's actions into partial results of windows. Pure, and deterministic in the order of the actions alone.
/// </summary>
/// <remarks>
/// The invariant: windows that are at mark m for a bucket hold exactly what the bucket's actions up to m emit to them, each
/// once. A crash leaves some windows ahead of the bucket's memory (which is at S); the actions after S then come again, cut in
/// any way, and lead to the same emissions; for windows at m > S those up to m are left out. For that a batch is cut into
/// segments at the marks, and a partial is the sum of the segments after its windows' mark.
/// </remarks>
public sealed class BucketFold
{
    /// <summary>How long after the newest action's time an older one still counts as on time.</summary>
    public static readonly TimeSpan Lateness = TimeSpan.FromMinutes(2);

    /// <summary>A player without actions for this long is forgotten.</summary>
    public static readonly TimeSpan MemoryAge = TimeSpan.FromDays(35);

    private const long SweepEvery = 10 * 60_000;

    private readonly int _generation;
    private readonly IReadOnlyList<Processor> _processors;
    private readonly ActionBucket _bucket;
    private readonly Memory?[] _shared;
    private readonly LogMemory _logs;
    private readonly Dictionary<string, PlayerRecord> _players = new(StringComparer.Ordinal);
    private readonly HashSet<string> _forgotten = new(StringComparer.Ordinal);
    private readonly List<Segment> _segments = [];
    private readonly Emitter _emit = new();
    private readonly ActionContext _context = new();
    private long _newest;
    private BucketCounters _counters;

    private BucketFold(int generation, IReadOnlyList<Processor> processors, ActionBucket bucket)
    {
        _generation = generation;
        _processors = processors;
        _bucket = bucket;
        _newest = bucket.NewestMillis;
        _counters = bucket.Counters;
        _shared = [.. processors.Select(processor => processor.NewSharedMemory())];
        _logs = bucket.ReadShared(processors, _shared);
    }

    /// <param name="generation">Which generation's windows.</param>
    /// <param name="processors">What is computed.</param>
    /// <param name="bucket">The bucket's memory; not changed.</param>
    /// <param name="batch">Actions by rising offset; those up to the bucket's mark are passed over.</param>
    /// <param name="marks">The marks of windows as far as known; others are taken to be at the bucket's mark or before.</param>
    public static FoldResult Fold(
        int generation,
        IReadOnlyList<Processor> processors,
        ActionBucket bucket,
        IReadOnlyList<PlacedAction> batch,
        IReadOnlyDictionary<WindowKey, ActionOffset> marks) =>
        new BucketFold(generation, processors, bucket).Fold(batch, marks);

    private FoldResult Fold(IReadOnlyList<PlacedAction> batch, IReadOnlyDictionary<WindowKey, ActionOffset> marks)
    {
        var last = _bucket.Mark;
        ActionOffset[] cuts = [.. marks.Values.Where(mark => mark > _bucket.Mark).Distinct().Order()];
        var cut = 0;
        foreach (var placed in batch)
        {
            if (placed.Offset <= last)
            {
                continue;
            }

            while (cut < cuts.Length && placed.Offset > cuts[cut])
            {
                cut++;
            }

            var until = cut < cuts.Length ? cuts[cut] : (ActionOffset?)null;
            if (_segments.Count == 0 || _segments[^1].Until != until)
            {
                _segments.Add(new Segment(until, [.. _processors.Select(_ => new Dictionary<long, Pane>())]));
            }

            last = placed.Offset;
            Take(placed.Action);
        }

        return last == _bucket.Mark
            ? new FoldResult(null, [])
            : new FoldResult(Advance(last), [.. Partials(marks)]);
    }

    private void Take(PlayerAction action)
    {
        // First of all, so that a shard sees what it told here, usable or not.
        var repeated = action.Log is { } link && ShardId.IsValid(action.Shard) && _logs.IsRepeated(action.Shard, link);
        if (!repeated && ActionRules.CheckForm(action) is not null)
        {
            _counters = _counters with { Unusable = _counters.Unusable + 1 };
            return;
        }

        var player = repeated ? null : Find(action.Player);
        if (player is null || (action.Log is null && player.IsRepeated(action)))
        {
            _counters = _counters with { Repeated = _counters.Repeated + 1 };
            return;
        }

        var at = action.At.ToUnixTimeMilliseconds();
        var late = at < _newest - (long)Lateness.TotalMilliseconds;
        var before = _newest;
        _newest = Math.Max(_newest, at);
        _counters = _counters with { Counted = _counters.Counted + 1, Late = _counters.Late + (late ? 1 : 0) };
        if (before > 0 && before / SweepEvery != _newest / SweepEvery)
        {
            Sweep(action.Player);
        }

        var plays = action.Kind != ActionKind.WarEnded;
        if (plays && player.IsBeyondSession(at))
        {
            EndSession(player);
        }

        _context.Action = action;
        _context.At = at;
        _context.IsLate = late;
        _context.PlayerHash = TextHash.Of(action.Player);
        _context.Plays = plays;
        _context.StartsSession = plays && player.Touch(at);
        var minute = Resolutions.Floor(at, 60_000) / 60_000;
        for (var i = 0; i < _processors.Count; i++)
        {
            _context.Player = player.Memories[i];
            _context.Shared = _shared[i];
            _emit.Into(_segments[^1].Panes[i], minute);
            _processors[i].Process(_context, _emit);
        }

        if (action.Kind == ActionKind.LoggedOut)
        {
            EndSession(player);
        }
    }

    private PlayerRecord Find(string player)
    {
        if (!_players.TryGetValue(player, out var record))
        {
            record = new PlayerRecord(_processors);
            if (!_forgotten.Remove(player) && _bucket.MemoryOf(player) is { } bytes)
            {
                record.Read(bytes, _processors);
            }

            _players.Add(player, record);
        }

        return record;
    }

    private void EndSession(PlayerRecord player)
    {
        var session = player.Session;
        player.EndSession();
        for (var i = 0; i < _processors.Count; i++)
        {
            _emit.Into(_segments[^1].Panes[i], Resolutions.Floor(session.EndedAt, 60_000) / 60_000);
            _processors[i].EndSession(session, _emit);
        }
    }

    /// <summary>Ends the sessions of players who have gone without a word, and forgets those who have been away for long.</summary>
    private void Sweep(string acting)
    {
        var now = _newest - (long)Lateness.TotalMilliseconds;
        List<string> due =
        [
            .. _players.Where(player => IsDue(player.Value.LastAt, player.Value.SessionActions > 0, now)).Select(player => player.Key),
            .. _bucket.Players
                .Where(player => !_players.ContainsKey(player.Key) && !_forgotten.Contains(player.Key))
                .Where(player => PlayerRecord.Peek(player.Value) is var (lastAt, inSession) && IsDue(lastAt, inSession, now))
                .Select(player => player.Key),
        ];

        // In an order that does not depend on which players the batch has touched so far.
        foreach (var id in due.Order(StringComparer.Ordinal))
        {
            var player = Find(id);
            if (player.IsBeyondSession(now))
            {
                EndSession(player);
            }

            if (id != acting && now - player.LastAt > (long)MemoryAge.TotalMilliseconds)
            {
                _players.Remove(id);
                _forgotten.Add(id);
            }
        }
    }

    private static bool IsDue(long lastAt, bool inSession, long now) =>
        (inSession && now - lastAt > PlayerRecord.SessionGap) || now - lastAt > (long)MemoryAge.TotalMilliseconds;

    private AdvanceBucket Advance(ActionOffset last)
    {
        var writer = new ByteWriter();
        var changes = new List<MemoryChange>(_players.Count + _forgotten.Count);
        foreach (var (id, player) in _players)
        {
            writer.Clear();
            player.Write(writer, _processors);
            changes.Add(new MemoryChange(id, writer.ToBase64()));
        }

        changes.AddRange(_forgotten.Where(id => _bucket.MemoryOf(id) is not null).Select(id => new MemoryChange(id, null)));
        writer.Clear();
        MemoryBytes.Write(writer, _processors, _shared);
        _logs.Write(writer);
        return new AdvanceBucket($"{_bucket.Mark}-{last}", _bucket.Mark, last, _newest, _counters, writer.ToBase64(), changes);
    }

    private IEnumerable<Partial> Partials(IReadOnlyDictionary<WindowKey, ActionOffset> marks)
    {
        for (var i = 0; i < _processors.Count; i++)
        {
            var daily = _processors[i].Metrics.Where(metric => metric.DailyOnly).Select(metric => metric.Name)
                .ToHashSet(StringComparer.Ordinal);
            foreach (var resolution in Resolutions.All)
            {
                var partials = new Dictionary<WindowKey, PaneSet>();
                foreach (var segment in _segments)
                {
                    foreach (var (minute, pane) in segment.Panes[i])
                    {
                        var window = WindowKey.Of(_generation, _processors[i].Name, resolution, minute);
                        if (segment.Until is { } until && marks.TryGetValue(window, out var mark) && mark >= until)
                        {
                            continue;
                        }

                        var start = Resolutions.Floor(minute, Resolutions.PaneOf(resolution));
                        Add(partials, window, start, pane, resolution == Resolution.Day ? null : daily);
                    }
                }

                foreach (var (window, content) in partials)
                {
                    yield return new Partial(window, marks.GetValueOrDefault(window, ActionOffset.Start), content);
                }
            }
        }
    }

    private static void Add(Dictionary<WindowKey, PaneSet> partials, WindowKey window, long minute, Pane pane, HashSet<string>? without)
    {
        foreach (var (key, metric) in pane.Metrics)
        {
            if (without is null || !without.Contains(key.Name))
            {
                if (!partials.TryGetValue(window, out var set))
                {
                    partials.Add(window, set = new PaneSet());
                }

                set.Of(minute).Merge(key, metric);
            }
        }
    }

    /// <summary>Emissions by processor and minute, of the actions up to a mark; null: of those after all marks.</summary>
    private sealed record Segment(ActionOffset? Until, Dictionary<long, Pane>[] Panes);
}
