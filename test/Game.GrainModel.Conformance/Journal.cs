using System.Collections.Concurrent;
using System.Diagnostics;

namespace Game.GrainModel.Conformance;

/// <summary>What grains write down for their test, found by name: the host is in the test's process. Safe for concurrent use.</summary>
public sealed class Journal
{
    private static readonly ConcurrentDictionary<string, Journal> All = new();

    private readonly Lock _lock = new();
    private readonly List<string> _entries = [];
    private readonly List<long> _times = [];
    private readonly List<(Func<IReadOnlyList<string>, bool> Condition, TaskCompletionSource Met)> _waiting = [];

    public IReadOnlyList<string> Entries
    {
        get
        {
            lock (_lock)
            {
                return [.. _entries];
            }
        }
    }

    public static Journal Of(string name) => All.GetOrAdd(name, static _ => new Journal());

    public void Add(string entry)
    {
        lock (_lock)
        {
            _entries.Add(entry);
            _times.Add(Stopwatch.GetTimestamp());
            foreach (var (condition, met) in _waiting.ToArray())
            {
                if (condition(_entries))
                {
                    _waiting.Remove((condition, met));
                    met.SetResult();
                }
            }
        }
    }

    /// <summary>How long nothing was written at most until an entry was; null: that one has not been written.</summary>
    public TimeSpan? LongestPauseUntil(string entry)
    {
        lock (_lock)
        {
            var end = _entries.IndexOf(entry);
            return end < 0
                ? null
                : Enumerable.Range(1, end).Select(i => Stopwatch.GetElapsedTime(_times[i - 1], _times[i])).Prepend(TimeSpan.Zero).Max();
        }
    }

    public Task WaitForAsync(string entry) => WaitForAsync(entries => entries.Contains(entry));

    public Task WaitForAsync(int count) => WaitForAsync(entries => entries.Count >= count);

    public async Task WaitForAsync(Func<IReadOnlyList<string>, bool> condition)
    {
        var met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (condition(_entries))
            {
                return;
            }

            _waiting.Add((condition, met));
        }

        try
        {
            await met.Task.WaitAsync(GrainModelSettings.Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"The journal did not become as expected. It says: {string.Join(", ", Entries)}");
        }
    }
}

/// <summary>A place where a grain waits until its test lets it go on, found by name.</summary>
public sealed class Gate
{
    private static readonly ConcurrentDictionary<string, Gate> All = new();

    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static Gate Of(string name) => All.GetOrAdd(name, static _ => new Gate());

    /// <summary>Completes when someone waits at the gate.</summary>
    public Task Reached => _reached.Task.WaitAsync(GrainModelSettings.Patience);

    public void Open() => _opened.TrySetResult();

    public Task PassAsync()
    {
        _reached.TrySetResult();
        return _opened.Task;
    }
}
