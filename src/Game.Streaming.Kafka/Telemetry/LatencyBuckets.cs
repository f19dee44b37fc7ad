namespace Game.Streaming.Kafka.Telemetry;

/// <summary>Durations of an interval in buckets that grow by a fifth each, from 10 µs to beyond a minute. Safe for concurrent use.</summary>
internal sealed class LatencyBuckets
{
    private const double Smallest = 0.00001;
    private const double Growth = 1.2;
    private const int Buckets = 90;

    private long[] _counts = new long[Buckets];

    public void Record(double seconds)
    {
        var bucket = seconds <= Smallest ? 0 : (int)Math.Ceiling(Math.Log(seconds / Smallest, Growth));
        Interlocked.Increment(ref _counts[Math.Min(bucket, Buckets - 1)]);
    }

    /// <returns>What was recorded since the last call; null if nothing was.</returns>
    public Latency? Take()
    {
        // What is recorded into the old counts meanwhile may be missed by this interval and the next: it is a sample.
        var counts = Interlocked.Exchange(ref _counts, new long[Buckets]);
        var total = counts.Sum();
        return total == 0 ? null : new Latency(At(counts, total, 0.50), At(counts, total, 0.95), At(counts, total, 0.99));
    }

    private static double At(long[] counts, long total, double share)
    {
        var rank = (long)Math.Ceiling(total * share);
        var bucket = 0;
        for (var seen = counts[0]; seen < rank; seen += counts[++bucket])
        {
        }

        // The middle of the bucket, as factors go.
        return Math.Round(Smallest * Math.Pow(Growth, bucket - 0.5) * 1000, 3);
    }
}
