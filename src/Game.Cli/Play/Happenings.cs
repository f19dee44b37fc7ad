using System.Collections.Concurrent;
using System.Globalization;
using Game.Client;

namespace Game.Cli.Play;

/// <summary>What the bots have seen and done, for the view and the final line. Safe for concurrent use.</summary>
public sealed class Happenings
{
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly ConcurrentQueue<TimeSpan> _strikeTimes = new();
    private long _requests;
    private long _strikes;
    private long _pushes;

    /// <summary>Something worth a line on the terminal.</summary>
    public event Action<string>? Told;

    public long Requests => Interlocked.Read(ref _requests);

    public long Strikes => Interlocked.Read(ref _strikes);

    public long Pushes => Interlocked.Read(ref _pushes);

    public IReadOnlyCollection<string> Errors => _errors;

    /// <summary>Players signed in, by shard.</summary>
    public ConcurrentDictionary<string, int> Players { get; } = new();

    /// <summary>The running war, or the last one.</summary>
    public WarDto? War { get; set; }

    /// <summary>The newest scoreboard pushed to any bot.</summary>
    public ScoreboardDto? Scoreboard { get; private set; }

    public void CountRequest() => Interlocked.Increment(ref _requests);

    /// <param name="answeredAfter">From the first attempt, however often it was repeated.</param>
    public void CountStrike(TimeSpan answeredAfter)
    {
        Interlocked.Increment(ref _strikes);
        _strikeTimes.Enqueue(answeredAfter);
    }

    /// <returns>How long strikes took to be answered; null without one.</returns>
    public string? DescribeStrikeTimes()
    {
        var times = _strikeTimes.Order().ToArray();
        string At(double quantile) => times[(int)((times.Length - 1) * quantile)].TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);
        return times.Length == 0
            ? null
            : $"{times.Length} strikes answered after (ms): p50 {At(0.5)}, p99 {At(0.99)}, p99.9 {At(0.999)}, slowest {At(1)}";
    }

    public void CountPush() => Interlocked.Increment(ref _pushes);

    public void Show(ScoreboardDto scoreboard)
    {
        lock (_errors)
        {
            if (Scoreboard is null || Scoreboard.WarId != scoreboard.WarId || Scoreboard.Revision < scoreboard.Revision)
            {
                Scoreboard = scoreboard;
            }
        }
    }

    public void Tell(string line) => Told?.Invoke(line);

    /// <summary>An answer no client should ever get; each one fails the run.</summary>
    public void Error(string what)
    {
        _errors.Enqueue(what);
        Tell($"error: {what}");
    }
}
