using System.Numerics;

namespace Game.Integration.Tests.Ledger;

/// <summary>What a metric was given in a window, kept in full.</summary>
internal sealed class Tally
{
    private readonly List<ulong> _members = [];

    public long Count { get; private set; }

    public long Sum { get; private set; }

    public long Least { get; private set; } = long.MaxValue;

    public long Greatest { get; private set; } = long.MinValue;

    public int Different => _members.Sum(BitOperations.PopCount);

    public void Add(long value)
    {
        Count++;
        Sum += value;
        Least = Math.Min(Least, value);
        Greatest = Math.Max(Greatest, value);
    }

    public void AddMember(int number)
    {
        while (_members.Count <= number / 64)
        {
            _members.Add(0);
        }

        _members[number / 64] |= 1ul << (number % 64);
    }

    public void Add(Tally other)
    {
        Count += other.Count;
        Sum += other.Sum;
        Least = Math.Min(Least, other.Least);
        Greatest = Math.Max(Greatest, other.Greatest);
        for (var i = 0; i < other._members.Count; i++)
        {
            if (i == _members.Count)
            {
                _members.Add(0);
            }

            _members[i] |= other._members[i];
        }
    }
}
