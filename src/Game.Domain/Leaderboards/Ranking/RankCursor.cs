namespace Game.Domain.Leaderboards.Ranking;

/// <summary>Steps through entries in order, all that follow each other in one leaf at a time.</summary>
internal struct RankCursor(RankTree tree, Leaf leaf, int position)
{
    private Leaf? _next = leaf;
    private Leaf _leaf = leaf;
    private int _position = position;

    /// <summary>At most <see cref="Leaf.Capacity"/>.</summary>
    public readonly ReadOnlySpan<int> Members => _leaf.Members.AsSpan(_position, _leaf.Size - _position);

    public readonly ReadOnlySpan<long> Keys => _leaf.Keys.AsSpan(_position, _leaf.Size - _position);

    public bool MoveNext()
    {
        if (_next is null)
        {
            return false;
        }

        _position = _next == _leaf ? _position : 0;
        _leaf = _next;
        _next = tree.NextOf(_leaf);
        return true;
    }
}
