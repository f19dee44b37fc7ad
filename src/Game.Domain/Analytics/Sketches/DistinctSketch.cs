using System.Numerics;
using Game.Domain.Analytics.Encoding;

namespace Game.Domain.Analytics.Sketches;

/// <summary>
/// How many different things were seen. Exact up to <see cref="ExactLimit"/> of them; above, a HyperLogLog of 4,096 registers
/// with a standard error of 1.04/√4096 = 1.63 % (Flajolet et al. 2007), read by the estimator of Ertl (2017, "New cardinality
/// estimation algorithms for HyperLogLog sketches", algorithm 6), which needs no correction for small or large counts. Which of
/// the two it is depends on the set alone, so merges in any order and split end in the same bytes. Not thread-safe.
/// </summary>
public sealed class DistinctSketch
{
    public const int ExactLimit = 512;

    private const int IndexBits = 12;
    private const int Registers = 1 << IndexBits;
    private const int MaxRank = 64 - IndexBits;

    private HashSet<ulong>? _exact = [];
    private byte[]? _registers;

    public bool IsExact => _exact is not null;

    public void Add(ulong hash)
    {
        if (_exact is not null)
        {
            if (_exact.Add(hash) && _exact.Count > ExactLimit)
            {
                Densify();
            }
        }
        else
        {
            Set(hash);
        }
    }

    public void Merge(DistinctSketch other)
    {
        if (other._exact is not null)
        {
            foreach (var hash in other._exact)
            {
                Add(hash);
            }

            return;
        }

        if (_exact is not null)
        {
            Densify();
        }

        for (var i = 0; i < Registers; i++)
        {
            _registers![i] = Math.Max(_registers[i], other._registers![i]);
        }
    }

    public double Estimate()
    {
        if (_exact is not null)
        {
            return _exact.Count;
        }

        var histogram = new int[MaxRank + 2];
        foreach (var rank in _registers!)
        {
            histogram[rank]++;
        }

        var z = Registers * Tau(1 - ((double)histogram[MaxRank + 1] / Registers));
        for (var k = MaxRank; k >= 1; k--)
        {
            z = 0.5 * (z + histogram[k]);
        }

        z += Registers * Sigma((double)histogram[0] / Registers);
        return Registers / (2 * Math.Log(2)) * Registers / z;
    }

    public void Write(ByteWriter writer)
    {
        if (_exact is null)
        {
            writer.WriteByte(1);
            writer.WriteBytes(_registers);
            return;
        }

        writer.WriteByte(0);
        writer.WriteVarint(_exact.Count);
        foreach (var hash in _exact.Order())
        {
            writer.WriteHash(hash);
        }
    }

    public void Read(ref ByteReader reader)
    {
        if (reader.ReadByte() == 1)
        {
            (_exact, _registers) = (null, reader.ReadBytes(Registers).ToArray());
            return;
        }

        (_exact, _registers) = ([], null);
        for (var left = reader.ReadCount(); left > 0; left--)
        {
            _exact.Add(reader.ReadHash());
        }
    }

    private void Densify()
    {
        _registers = new byte[Registers];
        foreach (var hash in _exact!)
        {
            Set(hash);
        }

        _exact = null;
    }

    private void Set(ulong hash)
    {
        var index = hash >> MaxRank;
        var rank = (byte)Math.Min(BitOperations.LeadingZeroCount(hash << IndexBits) + 1, MaxRank + 1);
        if (rank > _registers![index])
        {
            _registers[index] = rank;
        }
    }

    private static double Sigma(double x)
    {
        if (x == 1)
        {
            return double.PositiveInfinity;
        }

        double y = 1, z = x, before;
        do
        {
            x *= x;
            before = z;
            z += x * y;
            y += y;
        }
        while (z != before);
        return z;
    }

    private static double Tau(double x)
    {
        if (x is 0 or 1)
        {
            return 0;
        }

        double y = 1, z = 1 - x, before;
        do
        {
            x = Math.Sqrt(x);
            before = z;
            y *= 0.5;
            z -= (1 - x) * (1 - x) * y;
        }
        while (z != before);
        return z / 3;
    }
}
