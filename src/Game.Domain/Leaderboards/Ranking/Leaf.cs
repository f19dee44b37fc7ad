namespace Game.Domain.Leaderboards.Ranking;

/// <summary>Up to <see cref="Capacity"/> members with their keys, ascending, equal keys in order of insertion.</summary>
internal sealed class Leaf(int id) : RankTreeNode(id)
{
    public const int Capacity = 256;

    public long[] Keys { get; } = new long[Capacity];

    public int[] Members { get; } = new int[Capacity];

    public int PositionOf(int member) => Members.AsSpan(0, Size).IndexOf(member);

    public void InsertAt(int position, long key, int member)
    {
        Array.Copy(Keys, position, Keys, position + 1, Size - position);
        Array.Copy(Members, position, Members, position + 1, Size - position);
        Keys[position] = key;
        Members[position] = member;
        Size++;
    }

    public void RemoveAt(int position)
    {
        Size--;
        Array.Copy(Keys, position + 1, Keys, position, Size - position);
        Array.Copy(Members, position + 1, Members, position, Size - position);
    }

    /// <summary>Gives an entry a new key whose place among the others is <paramref name="target"/>, counted before the move.</summary>
    public void Move(int position, int target, long key)
    {
        var member = Members[position];
        if (target > position)
        {
            target--;
            Array.Copy(Keys, position + 1, Keys, position, target - position);
            Array.Copy(Members, position + 1, Members, position, target - position);
        }
        else
        {
            Array.Copy(Keys, target, Keys, target + 1, position - target);
            Array.Copy(Members, target, Members, target + 1, position - target);
        }

        Keys[target] = key;
        Members[target] = member;
    }

    /// <summary>Moves the entries from <paramref name="position"/> on to the end of <paramref name="target"/>.</summary>
    public void MoveTail(int position, Leaf target)
    {
        Array.Copy(Keys, position, target.Keys, target.Size, Size - position);
        Array.Copy(Members, position, target.Members, target.Size, Size - position);
        target.Size += Size - position;
        Size = position;
    }
}
