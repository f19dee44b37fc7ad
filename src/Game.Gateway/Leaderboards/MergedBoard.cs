using Game.Contracts;
using Game.Contracts.Leaderboards;
using Game.Domain.Leaderboards;

namespace Game.Gateway.Leaderboards;

/// <summary>The current seasons of one board on all shards of the game, merged from one digest a shard.</summary>
internal sealed class MergedBoard(IReadOnlyList<LeaderboardDigest> digests)
{
    public static async Task<Outcome<MergedBoard>> DigestAsync(string board, int top, int samples, ShardRouter shards)
    {
        var answers = await Task.WhenAll(
            shards.All.Select(shard => shards.On(shard).GetGrain<ILeaderboardGrain>(board).GetDigestAsync(top, samples)));
        return answers.FirstOrDefault(answer => !answer.Accepted) is { } refused
            ? Outcome.Refuse<MergedBoard>(refused.Refusal!)
            : Outcome.Accept(new MergedBoard([.. answers.Select(answer => answer.Value!)]), 0);
    }

    public BoardBody Top(string board, int count)
    {
        var ends = digests.Max(digest => digest.SeasonEndsAt);
        return new BoardBody(
            board,
            0,
            digests.Where(digest => digest.SeasonEndsAt == ends).Sum(digest => digest.Entries),
            ends,
            GlobalRanking.Top(digests, count),
            null);
    }

    public RankBody Rank(LeaderboardEntry entry, string shard) => RankBody.Of(entry, GlobalRanking.RankOf(entry, shard, digests));
}
