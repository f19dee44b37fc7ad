using Game.Contracts.Leaderboards;
using Game.Domain.Leaderboards;

namespace Game.Grains.Leaderboards;

/// <summary>The boards of a shard, by id: the built-in ones and those the settings declare.</summary>
public sealed class LeaderboardCatalog(IEnumerable<LeaderboardDefinition> boards)
{
    /// <summary>Points earned in settled wars, summed over a week; written by the fronts.</summary>
    public const string WarPoints = "war-points";

    private static readonly LeaderboardDefinition[] BuiltIn =
    [
        new(WarPoints, ScoreOperator.Increment, Descending: true, Authoritative: true, Reset: "0 0 * * 1", RetainSeasons: 4),
    ];

    private readonly Dictionary<string, LeaderboardDefinition> _boards =
        BuiltIn.Concat(boards).ToDictionary(board => board.Id, StringComparer.Ordinal);

    public IReadOnlyCollection<LeaderboardDefinition> Boards => _boards.Values;

    public LeaderboardDefinition? Find(string id) => _boards.GetValueOrDefault(id);
}
