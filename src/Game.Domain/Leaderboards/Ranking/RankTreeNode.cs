namespace Game.Domain.Leaderboards.Ranking;

/// <summary>A node of a <see cref="RankTree"/>. <see cref="Size"/> counts the used places.</summary>
internal abstract class RankTreeNode(int id)
{
    public int Id { get; } = id;

    public Branch? Parent { get; set; }

    public int Size { get; set; }
}
