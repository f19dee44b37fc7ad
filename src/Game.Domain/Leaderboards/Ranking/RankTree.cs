namespace Game.Domain.Leaderboards.Ranking;

/// <summary>
/// A B+-tree over (key, order of insertion) that counts the entries below each branch: the place of a member, the member
/// at a place, insertion, removal and a change of key are O(log n). Places are 0-based. Not thread-safe.
/// </summary>
/// <remarks>
/// A key is always inserted behind its equals, so nothing but the key is compared and stored. The members' table holds
/// each member's leaf: finding a member's place begins there and adds up counts on the way to the root. Nodes merge when
/// they are a quarter full, not half: a node that has just been split is far from merging again.
/// </remarks>
internal sealed class RankTree
{
    private readonly MemberTable _members;
    private readonly List<RankTreeNode?> _nodes = [];
    private readonly Stack<int> _freeNodes = new();
    private RankTreeNode _root;

    public RankTree(MemberTable members)
    {
        _members = members;
        _root = NewLeaf();
    }

    /// <summary>Adds a member that is not in the tree.</summary>
    public void Insert(int member, long key)
    {
        var leaf = FindLeaf(key);
        var position = EndOf(key, leaf.Keys, leaf.Size);
        if (leaf.Size == Leaf.Capacity)
        {
            var right = Split(leaf);
            if (position > leaf.Size)
            {
                position -= leaf.Size;
                leaf = right;
            }
        }

        leaf.InsertAt(position, key, member);
        _members[member].Leaf = leaf.Id;
        AddToCounts(leaf, 1);
    }

    /// <summary>Gives a member another key, or puts it behind the equals of the same one.</summary>
    public void Update(int member, long key)
    {
        var (leaf, position) = Locate(member);
        if (FindLeaf(key) == leaf)
        {
            leaf.Move(position, EndOf(key, leaf.Keys, leaf.Size), key);
            return;
        }

        // In this order: removing may merge leaves, which would move the place to insert at.
        Insert(member, key);
        RemoveAt(leaf, position);
    }

    public void Remove(int member)
    {
        var (leaf, position) = Locate(member);
        RemoveAt(leaf, position);
    }

    public long KeyOf(int member)
    {
        var (leaf, position) = Locate(member);
        return leaf.Keys[position];
    }

    public int PlaceOf(int member)
    {
        var (leaf, place) = Locate(member);
        RankTreeNode node = leaf;
        while (node.Parent is { } parent)
        {
            place += parent.CountBefore(parent.PositionOf(node));
            node = parent;
        }

        return place;
    }

    /// <summary>The number of entries whose key is at most <paramref name="key"/>.</summary>
    public int CountUpTo(long key)
    {
        var count = 0;
        var node = _root;
        while (node is Branch branch)
        {
            var child = ChildFor(key, branch);
            count += branch.CountBefore(child);
            node = _nodes[branch.Children[child]]!;
        }

        return count + EndOf(key, ((Leaf)node).Keys, node.Size);
    }

    /// <summary>The entries from <paramref name="place"/> on, in order. The tree must not change meanwhile.</summary>
    public RankCursor From(int place)
    {
        var node = _root;
        while (node is Branch branch)
        {
            var child = 0;
            while (child < branch.Size - 1 && place >= branch.Counts[child])
            {
                place -= branch.Counts[child++];
            }

            node = _nodes[branch.Children[child]]!;
        }

        return new RankCursor(this, (Leaf)node, place);
    }

    private static int ChildFor(long key, Branch branch) => EndOf(key, branch.Keys.AsSpan(1), branch.Size - 1);

    /// <summary>The number of keys at most <paramref name="key"/> among the first <paramref name="size"/>.</summary>
    private static int EndOf(long key, ReadOnlySpan<long> keys, int size)
    {
        var low = 0;
        var high = size;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (keys[middle] <= key)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private static void AddToCounts(RankTreeNode node, int difference)
    {
        while (node.Parent is { } parent)
        {
            parent.Counts[parent.PositionOf(node)] += difference;
            node = parent;
        }
    }

    private (Leaf Leaf, int Position) Locate(int member)
    {
        var leaf = (Leaf)_nodes[_members[member].Leaf]!;
        return (leaf, leaf.PositionOf(member));
    }

    /// <summary>The leaf where a key's equals end.</summary>
    private Leaf FindLeaf(long key)
    {
        var node = _root;
        while (node is Branch branch)
        {
            node = _nodes[branch.Children[ChildFor(key, branch)]]!;
        }

        return (Leaf)node;
    }

    internal Leaf? NextOf(Leaf leaf)
    {
        RankTreeNode node = leaf;
        while (node.Parent is { } parent)
        {
            var position = parent.PositionOf(node) + 1;
            if (position < parent.Size)
            {
                node = _nodes[parent.Children[position]]!;
                while (node is Branch branch)
                {
                    node = _nodes[branch.Children[0]]!;
                }

                return (Leaf)node;
            }

            node = parent;
        }

        return null;
    }

    private Leaf NewLeaf()
    {
        var leaf = new Leaf(NewId());
        _nodes[leaf.Id] = leaf;
        return leaf;
    }

    private Branch NewBranch()
    {
        var branch = new Branch(NewId());
        _nodes[branch.Id] = branch;
        return branch;
    }

    private int NewId()
    {
        if (_freeNodes.TryPop(out var id))
        {
            return id;
        }

        _nodes.Add(null);
        return _nodes.Count - 1;
    }

    private void Free(RankTreeNode node)
    {
        _nodes[node.Id] = null;
        _freeNodes.Push(node.Id);
    }

    /// <summary>Where a full node is cut: in the middle, or near the end if it is the last one, where ascending keys arrive.</summary>
    private int CutOf(RankTreeNode node) => IsLast(node) ? node.Size * 7 / 8 : node.Size / 2;

    private static bool IsLast(RankTreeNode node)
    {
        while (node.Parent is { } parent)
        {
            if (parent.Children[parent.Size - 1] != node.Id)
            {
                return false;
            }

            node = parent;
        }

        return true;
    }

    private Leaf Split(Leaf leaf)
    {
        var right = NewLeaf();
        leaf.MoveTail(CutOf(leaf), right);
        Adopt(right, 0);
        InsertRightOf(leaf, right, right.Keys[0], right.Size);
        return right;
    }

    private void Split(Branch branch)
    {
        var right = NewBranch();
        branch.MoveTail(CutOf(branch), right);
        Adopt(right, 0);
        InsertRightOf(branch, right, right.Keys[0], right.CountBefore(right.Size));
    }

    /// <summary>Hangs the new right half of a node that was split beside it.</summary>
    private void InsertRightOf(RankTreeNode left, RankTreeNode right, long key, int count)
    {
        if (left.Parent is null)
        {
            var root = NewBranch();
            var leftCount = left is Branch branch ? branch.CountBefore(branch.Size) : left.Size;
            root.InsertAt(0, long.MinValue, left, leftCount + count);
            _root = root;
        }
        else if (left.Parent.Size == Branch.Capacity)
        {
            Split(left.Parent);
        }

        var parent = left.Parent!;
        var position = parent.PositionOf(left);
        parent.Counts[position] -= count;
        parent.InsertAt(position + 1, key, right, count);
    }

    /// <summary>Tells the members of a leaf from a position on where they are now.</summary>
    private void Adopt(Leaf leaf, int from)
    {
        foreach (var member in leaf.Members.AsSpan(from, leaf.Size - from))
        {
            _members[member].Leaf = leaf.Id;
        }
    }

    /// <summary>Tells the children of a branch from a position on who their parent is now.</summary>
    private void Adopt(Branch branch, int from)
    {
        foreach (var child in branch.Children.AsSpan(from, branch.Size - from))
        {
            _nodes[child]!.Parent = branch;
        }
    }

    private void RemoveAt(Leaf leaf, int position)
    {
        leaf.RemoveAt(position);
        AddToCounts(leaf, -1);
        if (leaf.Size < Leaf.Capacity / 4)
        {
            Shrink(leaf, Leaf.Capacity);
        }
    }

    /// <summary>Drops an empty node, or merges a sparse one with a neighbour if both together leave room to grow.</summary>
    private void Shrink(RankTreeNode node, int capacity)
    {
        if (node.Parent is not { } parent)
        {
            Lower();
            return;
        }

        var position = parent.PositionOf(node);
        if (node.Size == 0)
        {
            Drop(parent, position, node);
        }
        else if (!TryMerge(parent, position - 1, capacity) && !TryMerge(parent, position, capacity))
        {
            return;
        }

        if (parent.Size < Branch.Capacity / 4)
        {
            Shrink(parent, Branch.Capacity);
        }
    }

    /// <summary>A root with one child gives way to it.</summary>
    private void Lower()
    {
        while (_root is Branch { Size: 1 } root)
        {
            _root = _nodes[root.Children[0]]!;
            _root.Parent = null;
            Free(root);
        }
    }

    private void Drop(Branch parent, int position, RankTreeNode node)
    {
        parent.RemoveAt(position);
        Free(node);
    }

    /// <summary>Merges the child at a position with the one on its right.</summary>
    private bool TryMerge(Branch parent, int position, int capacity)
    {
        if (position < 0 || position + 1 >= parent.Size)
        {
            return false;
        }

        var left = _nodes[parent.Children[position]]!;
        var right = _nodes[parent.Children[position + 1]]!;
        var from = left.Size;
        if (from + right.Size > capacity * 3 / 4)
        {
            return false;
        }

        if (left is Leaf leaf)
        {
            ((Leaf)right).MoveTail(0, leaf);
            Adopt(leaf, from);
        }
        else
        {
            // The right branch's first key was not looked at; in the middle of a branch it is.
            ((Branch)right).Keys[0] = parent.Keys[position + 1];
            ((Branch)right).MoveTail(0, (Branch)left);
            Adopt((Branch)left, from);
        }

        parent.Counts[position] += parent.Counts[position + 1];
        Drop(parent, position + 1, right);
        return true;
    }
}
