using System.Diagnostics;

namespace Game.Broadcast.Tests;

/// <summary>
/// Measures how long this process was held up since this was made, so that a limit of time can be asked of the code and not of the
/// machine.
/// </summary>
internal sealed class Stalls : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _enough = new();
    private readonly Task _running;
    private long _late;
    private long _last = Stopwatch.GetTimestamp();

    public Stalls() => _running = Task.Run(RunAsync);

    /// <summary>What its ticks were late by, all together, with one that is late at this moment.</summary>
    public TimeSpan Sum => new TimeSpan(Interlocked.Read(ref _late)) + Late(Interlocked.Read(ref _last));

    public async ValueTask DisposeAsync()
    {
        await _enough.CancelAsync();
        await _running;
        _enough.Dispose();
    }

    private static TimeSpan Late(long since)
    {
        var late = Stopwatch.GetElapsedTime(since) - Tick;
        return late > TimeSpan.Zero ? late : TimeSpan.Zero;
    }

    private async Task RunAsync()
    {
        while (!_enough.IsCancellationRequested)
        {
            await Task.Delay(Tick, CancellationToken.None);
            Interlocked.Add(ref _late, Late(_last).Ticks);
            Interlocked.Exchange(ref _last, Stopwatch.GetTimestamp());
        }
    }
}
