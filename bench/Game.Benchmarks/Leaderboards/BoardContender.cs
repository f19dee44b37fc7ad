using Game.Domain.Leaderboards.Ranking;

namespace Game.Benchmarks.Leaderboards;

/// <summary>The ranking in process.</summary>
internal sealed class BoardContender : IContender
{
    private readonly RankedScores _scores = new(descending: true);
    private readonly Workload _workload;

    public BoardContender(Workload workload)
    {
        _workload = workload;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (var (member, score) in workload.All())
        {
            _scores.Set(member, score, DateTimeOffset.UnixEpoch);
        }

        BytesAnEntry = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)workload.Entries;
    }

    public double BytesAnEntry { get; }

    public void Ask(Question question, int call)
    {
        var member = _workload.MemberOf(call);
        var answered = question switch
        {
            Question.Update => Update(member, _workload.ScoreOf(call)),
            Question.Rank => _scores.RankOf(member) > 0,
            Question.Top100 => _scores.Page(1, 100).Count == 100,
            _ => _scores.Around(member, Workload.Reach).Count > Workload.Reach,
        };
        if (!answered)
        {
            throw new InvalidOperationException($"The board did not answer {question} for {member}.");
        }
    }

    public void AskMany(Question question, int firstCall, int calls)
    {
        for (var i = 0; i < calls; i++)
        {
            Ask(question, firstCall + i);
        }
    }

    public void Dispose()
    {
        // Nothing but memory.
    }

    private bool Update(string member, long score)
    {
        _scores.Set(member, score, DateTimeOffset.UnixEpoch);
        return true;
    }
}
