using System.Diagnostics;

namespace Game.Client;

/// <summary>Waits between attempts: as long as the server asks for, else doubling from 50 ms to 1 s, until patience is over.</summary>
public sealed class Retry(TimeSpan patience)
{
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(1);

    private readonly long _started = Stopwatch.GetTimestamp();
    private TimeSpan _delay = TimeSpan.FromMilliseconds(50);

    /// <returns>False if patience is over.</returns>
    public async Task<bool> WaitAsync(TimeSpan? asked, CancellationToken cancellationToken)
    {
        var delay = asked ?? _delay;
        _delay = _delay * 2 > MaxDelay ? MaxDelay : _delay * 2;
        if (Stopwatch.GetElapsedTime(_started) + delay > patience)
        {
            return false;
        }

        await Task.Delay(delay, cancellationToken);
        return true;
    }
}
