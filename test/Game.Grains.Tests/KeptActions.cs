using System.Globalization;
using Game.Contracts.Analytics;
using Game.Grains.Analytics;

namespace Game.Grains.Tests;

/// <summary>A topic of player actions as tests want it: two partitions, records that appear when they are let through, or are gone.</summary>
internal sealed class KeptActions : IActionHistory
{
    private const int Partitions = 2;
    private const int Batch = 7;

    private readonly Lock _lock = new();
    private readonly List<(string Bucket, PlayerAction Action)>[] _records = [[], []];
    private readonly long[] _visible = new long[Partitions];
    private TaskCompletionSource _changed = New();

    /// <summary>Whether everything of any time is still there.</summary>
    public bool IsWhole { get; set; } = true;

    /// <summary>Whether it can be asked anything at the moment.</summary>
    public bool IsAway { get; set; }

    /// <summary>Records that readers opened from now on miss.</summary>
    public long Missing { get; set; }

    /// <summary>The time that was asked for last.</summary>
    public DateTimeOffset? AskedFor { get; private set; }

    public int PartitionOf(string bucket) => int.Parse(bucket.AsSpan(bucket.Length - 2), CultureInfo.InvariantCulture) % Partitions;

    /// <summary>Writes actions of a player, to be read once they are let through.</summary>
    public void Write(params IEnumerable<PlayerAction> actions)
    {
        lock (_lock)
        {
            foreach (var action in actions)
            {
                var bucket = ActionStreams.BucketOf(action.Player);
                _records[PartitionOf(bucket)].Add((bucket, action));
            }
        }
    }

    /// <summary>Lets readers have all but the last so many records of each partition.</summary>
    public void LetThrough(int allBut = 0)
    {
        lock (_lock)
        {
            for (var partition = 0; partition < Partitions; partition++)
            {
                _visible[partition] = Math.Max(_visible[partition], _records[partition].Count - allBut);
            }

            _changed.SetResult();
            _changed = New();
        }
    }

    public long EndOf(int partition)
    {
        lock (_lock)
        {
            return _records[partition].Count;
        }
    }

    public Task<IReadOnlyList<HistoryPlace>> FindAsync(DateTimeOffset at)
    {
        Ask();
        AskedFor = at;
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<HistoryPlace>>(
            [
                .. Enumerable.Range(0, Partitions).Select(partition => new HistoryPlace(
                    partition,
                    _records[partition].FindIndex(record => record.Action.At >= at) is >= 0 and var first ? first : _records[partition].Count,
                    IsWhole,
                    IsWhole ? null : at.AddHours(30))),
            ]);
        }
    }

    public Task<IReadOnlyDictionary<int, long>> ReadEndsAsync()
    {
        Ask();
        return Task.FromResult<IReadOnlyDictionary<int, long>>(Enumerable.Range(0, Partitions).ToDictionary(partition => partition, EndOf));
    }

    public IActionHistoryReader Open(int partition, long from) => new Reader(this, partition, from);

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Ask()
    {
        if (IsAway)
        {
            throw new ActionHistoryException("The topic is away.");
        }
    }

    private sealed class Reader(KeptActions kept, int partition, long from) : IActionHistoryReader
    {
        private long _next = from;

        public async ValueTask<HistoryBatch> ReadAsync(CancellationToken cancellationToken)
        {
            while (true)
            {
                Task changed;
                lock (kept._lock)
                {
                    var end = Math.Min(kept._visible[partition], _next + Batch);
                    if (_next < end)
                    {
                        var actions = Enumerable.Range((int)_next, (int)(end - _next)).Select(offset =>
                        {
                            var (bucket, action) = kept._records[partition][offset];
                            return (bucket, new PlacedAction(new ActionOffset(offset, 0), action));
                        }).ToList();
                        _next = end;
                        return new HistoryBatch(_next, kept.Missing, actions);
                    }

                    changed = kept._changed.Task;
                }

                await changed.WaitAsync(cancellationToken);
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
