using Game.Contracts.Leaderboards;

namespace Game.Domain.Tests.Leaderboards;

/// <summary>The model of a ranking: a list, sorted anew for every question.</summary>
internal sealed class NaiveScores(bool descending)
{
    private readonly List<(string Member, long Score, DateTimeOffset At)> _entries = [];

    public int Count => _entries.Count;

    public void Set(string member, long score, DateTimeOffset at)
    {
        Remove(member);
        _entries.Add((member, score, at));
    }

    public bool Remove(string member) => _entries.RemoveAll(e => e.Member == member) > 0;

    /// <summary>Entries stay in order of scoring, and sorting is stable: that is the rule for ties.</summary>
    public IReadOnlyList<LeaderboardEntry> Ranked() =>
        [.. (descending ? _entries.OrderByDescending(e => e.Score) : _entries.OrderBy(e => e.Score))
            .Select((e, i) => new LeaderboardEntry(i + 1, e.Member, e.Score, e.At))];
}
