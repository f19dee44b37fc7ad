using System.Numerics;

namespace Game.Cli.Load;

/// <summary>
/// Counts of latencies in buckets that grow with the value: each is at most 1/1024 of its value wide, so that a percentile is
/// exact to 0.1 % from a microsecond to hours, in a fixed 0.4 MiB. Safe for concurrent use.
/// </summary>
public sealed class LatencyHistogram
{
    private const int SubBits = 10;
    private const int Sub = 1 << SubBits;

    private readonly long[] _counts = new long[Sub * (64 - SubBits)];
    private long _count;
    private long _max;

    public long Count => Interlocked.Read(ref _count);

    /// <summary>The greatest latency, exactly.</summary>
    public TimeSpan Max => TimeSpan.FromMicroseconds(Interlocked.Read(ref _max));

    /// <param name="latency">Below zero counts as zero; to the microsecond.</param>
    public void Record(TimeSpan latency)
    {
        var value = Math.Max(0, (long)latency.TotalMicroseconds);
        Interlocked.Increment(ref _counts[IndexOf(value)]);
        Interlocked.Increment(ref _count);
        for (var max = Interlocked.Read(ref _max); value > max;)
        {
            var seen = Interlocked.CompareExchange(ref _max, value, max);
            if (seen == max)
            {
                break;
            }

            max = seen;
        }
    }

    /// <param name="quantile">Above 0, at most 1.</param>
    /// <returns>The smallest latency that so large a share does not exceed, to 0.1 % and never too small; zero if there is none.</returns>
    public TimeSpan At(double quantile)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(quantile, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quantile, 1);
        var wanted = (long)Math.Ceiling(Count * quantile);
        long seen = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += Interlocked.Read(ref _counts[i]);
            if (seen >= wanted && seen > 0)
            {
                return TimeSpan.FromMicroseconds(Math.Min(LargestOf(i), (long)Max.TotalMicroseconds));
            }
        }

        return TimeSpan.Zero;
    }

    /// <summary>Values below 2 × Sub have a bucket each; above, the leading bits after the first choose one of Sub.</summary>
    private static int IndexOf(long value)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)value | 1) - SubBits);
        return (shift * Sub) + (int)(value >> shift);
    }

    private static long LargestOf(int index)
    {
        var shift = Math.Max(0, (index / Sub) - 1);
        return ((index - (shift * Sub) + 1L) << shift) - 1;
    }
}
