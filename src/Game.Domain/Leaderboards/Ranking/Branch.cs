namespace Game.Domain.Leaderboards.Ranking;

/// <summary>
/// Up to <see cref="Capacity"/> children with the number of entries below each. Entries below child i have keys ≥
/// <c>Keys[i]</c>, those before it keys ≤ <c>Keys[i]</c>; <c>Keys[0]</c> is not looked at.
/// </summary>
internal sealed class Branch(int id) : RankTreeNode(id)
{
    public const int Capacity = 128;

    public long[] Keys { get; } = new long[Capacity];

    public int[] Children { get; } = new int[Capacity];

    public int[] Counts { get; } = new int[Capacity];

    public int PositionOf(RankTreeNode child) => Children.AsSpan(0, Size).IndexOf(child.Id);

    public int CountBefore(int position)
    {
        var sum = 0;
        foreach (var count in Counts.AsSpan(0, position))
        {
            sum += count;
        }

        return sum;
    }

    public void InsertAt(int position, long key, RankTreeNode child, int count)
    {
        Array.Copy(Keys, position, Keys, position + 1, Size - position);
        Array.Copy(Children, position, Children, position + 1, Size - position);
        Array.Copy(Counts, position, Counts, position + 1, Size - position);
        Keys[position] = key;
        Children[position] = child.Id;
        Counts[position] = count;
        Size++;
        child.Parent = this;
    }

    public void RemoveAt(int position)
    {
        Size--;
        Array.Copy(Keys, position + 1, Keys, position, Size - position);
        Array.Copy(Children, position + 1, Children, position, Size - position);
        Array.Copy(Counts, position + 1, Counts, position, Size - position);
    }

    /// <summary>Moves the children from <paramref name="position"/> on to the end of <paramref name="target"/>; their parents are the caller's to set.</summary>
    public void MoveTail(int position, Branch target)
    {
        Array.Copy(Keys, position, target.Keys, target.Size, Size - position);
        Array.Copy(Children, position, target.Children, target.Size, Size - position);
        Array.Copy(Counts, position, target.Counts, target.Size, Size - position);
        target.Size += Size - position;
        Size = position;
    }
}
