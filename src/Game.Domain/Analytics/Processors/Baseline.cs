using Game.Domain.Analytics.Encoding;

namespace Game.Domain.Analytics.Processors;

/// <summary>
/// Mean and variance of ln(1 + x) over the newest observations, weighted exponentially (West 1979). What lies more than three
/// deviations off is taken as three, so that those who are looked for do not move the line.
/// </summary>
/// <param name="memory">Observations after which one weighs 1/e.</param>
/// <param name="leastDeviation">Of ln(1 + x): a population that is all alike must not make everybody else stand out.</param>
internal sealed class Baseline(int memory, double leastDeviation)
{
    private const int WinsorizeFrom = 30;

    // Kept in memory as precisely as in bytes, so that it does not matter when a memory was last written.
    private float _mean;
    private float _variance;

    public int Count { get; private set; }

    /// <summary>How many deviations above the mean.</summary>
    public double DeviationsOf(double x) => (Math.Log(1 + x) - _mean) / Deviation;

    public void Add(double x)
    {
        var value = Math.Log(1 + x);
        if (Count >= WinsorizeFrom)
        {
            value = Math.Clamp(value, _mean - (3 * Deviation), _mean + (3 * Deviation));
        }

        Count = Math.Min(Count + 1, memory);
        var weight = 1.0 / Count;
        var difference = value - _mean;
        _mean = (float)(_mean + (weight * difference));
        _variance = (float)((1 - weight) * (_variance + (weight * difference * difference)));
    }

    private double Deviation => Math.Max(Math.Sqrt(_variance), leastDeviation);

    public void Write(ByteWriter writer)
    {
        writer.WriteVarint(Count);
        writer.WriteSingle(_mean);
        writer.WriteSingle(_variance);
    }

    public void Read(ref ByteReader reader)
    {
        Count = (int)reader.ReadVarint();
        _mean = reader.ReadSingle();
        _variance = reader.ReadSingle();
    }
}
