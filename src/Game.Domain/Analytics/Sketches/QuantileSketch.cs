using Game.Domain.Analytics.Encoding;

namespace Game.Domain.Analytics.Sketches;

/// <summary>
/// A distribution of whole numbers from 0 to 10^12 (others are clamped): DDSketch (Masson, Rim, Lee, VLDB 2019). Every
/// quantile it tells is within <see cref="RelativeError"/> of the true one; count, sum, least and greatest are exact. With
/// γ = (1 + α)/(1 − α), a value x counts in bin ⌈log_γ x⌉, and a bin i tells 2γ^i/(γ + 1). No bin is ever collapsed: the whole
/// range has 1,383 of them. Merging adds bins, in any order with the same end. Not thread-safe.
/// </summary>
public sealed class QuantileSketch
{
    public const double RelativeError = 0.01;
    public const long MaxValue = 1_000_000_000_000;

    private const double Gamma = (1 + RelativeError) / (1 - RelativeError);
    private static readonly double LogGamma = Math.Log(Gamma);

    private long[] _bins = [];
    private int _firstBin;
    private long _zeros;

    public long Count { get; private set; }

    public long Sum { get; private set; }

    public long Min { get; private set; } = long.MaxValue;

    public long Max { get; private set; }

    public double Mean => Count == 0 ? double.NaN : (double)Sum / Count;

    public void Add(long value)
    {
        value = Math.Clamp(value, 0, MaxValue);
        Count++;
        Sum += value;
        Min = Math.Min(Min, value);
        Max = Math.Max(Max, value);
        if (value == 0)
        {
            _zeros++;
        }
        else
        {
            var bin = BinOf(value);
            Cover(bin, bin);
            _bins[bin - _firstBin]++;
        }
    }

    public void Merge(QuantileSketch other)
    {
        Count += other.Count;
        Sum += other.Sum;
        Min = Math.Min(Min, other.Min);
        Max = Math.Max(Max, other.Max);
        _zeros += other._zeros;
        if (other._bins.Length > 0)
        {
            Cover(other._firstBin, other._firstBin + other._bins.Length - 1);
            for (var i = 0; i < other._bins.Length; i++)
            {
                _bins[other._firstBin + i - _firstBin] += other._bins[i];
            }
        }
    }

    /// <param name="q">0 to 1.</param>
    /// <returns>NaN if nothing was added.</returns>
    public double Quantile(double q)
    {
        if (Count == 0)
        {
            return double.NaN;
        }

        var rank = (long)(q * (Count - 1));
        var seen = _zeros;
        if (seen > rank)
        {
            return 0;
        }

        for (var i = 0; i < _bins.Length; i++)
        {
            seen += _bins[i];
            if (seen > rank)
            {
                return Math.Clamp(2 * Math.Pow(Gamma, _firstBin + i) / (Gamma + 1), Min, Max);
            }
        }

        return Max;
    }

    public void Write(ByteWriter writer)
    {
        var first = Array.FindIndex(_bins, bin => bin > 0);
        var last = Array.FindLastIndex(_bins, bin => bin > 0);
        writer.WriteVarint(Count);
        writer.WriteVarint(Sum);
        writer.WriteVarint(Count == 0 ? 0 : Min);
        writer.WriteVarint(Max);
        writer.WriteVarint(_zeros);
        writer.WriteVarint(first < 0 ? 0 : last - first + 1);
        if (first >= 0)
        {
            writer.WriteVarint(_firstBin + first);
            for (var i = first; i <= last; i++)
            {
                writer.WriteVarint(_bins[i]);
            }
        }
    }

    public void Read(ref ByteReader reader)
    {
        Count = reader.ReadVarint();
        Sum = reader.ReadVarint();
        Min = reader.ReadVarint();
        Min = Count == 0 ? long.MaxValue : Min;
        Max = reader.ReadVarint();
        _zeros = reader.ReadVarint();
        _bins = new long[reader.ReadCount()];
        _firstBin = _bins.Length == 0 ? 0 : (int)reader.ReadVarint();
        for (var i = 0; i < _bins.Length; i++)
        {
            _bins[i] = reader.ReadVarint();
        }
    }

    private static int BinOf(long value) => (int)Math.Ceiling(Math.Log(value) / LogGamma);

    private void Cover(int first, int last)
    {
        if (_bins.Length == 0)
        {
            (_firstBin, _bins) = (first, new long[last - first + 1]);
            return;
        }

        var end = _firstBin + _bins.Length - 1;
        if (first >= _firstBin && last <= end)
        {
            return;
        }

        var (low, high) = (Math.Min(first, _firstBin), Math.Max(last, end));
        var bins = new long[high - low + 1];
        _bins.CopyTo(bins, _firstBin - low);
        (_firstBin, _bins) = (low, bins);
    }
}
