using Game.Contracts.Identity;
using Game.Contracts.Leaderboards;
using Game.Gateway.Http;

namespace Game.Gateway.Leaderboards;

internal static class BoardEndpoints
{
    private const int DefaultReach = 5;
    private const string All = "all";
    private const string OneShard = "shard";

    public static void Map(RouteGroupBuilder api)
    {
        var boards = api.MapGroup("/leaderboards/{board}").WithTags("Leaderboards");
        boards.MapPost("/submit", SubmitAsync).WithName("submitScore").WithSummary("Submits the caller's score.").Produces<LeaderboardEntry>();
        boards.MapGet("/top", TopAsync).WithName("getTop").WithSummary("The first entries.").Produces<BoardBody>();
        boards.MapGet("/page", PageAsync).WithName("getPage").WithSummary("Entries from a rank on.").Produces<BoardBody>();
        boards.MapGet("/around", AroundAsync).WithName("getAround").WithSummary("The entries around a member.").Produces<BoardBody>();
        boards.MapGet("/rank", RankAsync).WithName("getRank").WithSummary("A member's rank.").Produces<RankBody>();
    }

    private static async Task<IResult> SubmitAsync(
        string board, JsonBody<SubmitBody> body, IdempotencyKey key, Caller caller, ShardRouter shards) => Reply.Of(
        await BoardOf(board, caller.Shard, shards).SubmitAsync(
            new SubmitScore(key.For(caller), caller.PlayerId, body.Value.Score, body.Value.Operator, FromServer: false)),
        Reply.Ok);

    private static async Task<IResult> TopAsync(
        string board, QueryNumber? limit, QueryNumber? season, string? scope, Caller caller, ShardRouter shards, TimeProvider clock)
    {
        var badLimit = PageRequest.ReadLimit(limit, out var count);
        var badSeason = ReadSeason(season, out var number);
        var badScope = ReadScope(scope, number, out var all);
        if ((badLimit ?? badSeason ?? badScope) is { } problem)
        {
            return Reply.Refused(problem);
        }

        if (!all)
        {
            return await ReadPageAsync(BoardOf(board, caller.Shard, shards), number, 1, count);
        }

        return Reply.Of(
            await RankingOf(board, caller.Shard, shards).GetTopAsync(count), top => Reply.Ok(BoardBody.Of(board, top, clock.GetUtcNow())));
    }

    private static async Task<IResult> PageAsync(
        string board,
        QueryNumber? firstRank,
        QueryNumber? limit,
        QueryNumber? season,
        string? cursor,
        Caller caller,
        ShardRouter shards)
    {
        var badLimit = PageRequest.ReadLimit(limit, out var count);
        var badRank = QueryNumber.Read(firstRank, "firstRank", 1, long.MaxValue, 1, out var first);
        var badSeason = ReadSeason(season, out var number);
        if ((badLimit ?? badRank ?? badSeason) is { } problem)
        {
            return Reply.Refused(problem);
        }

        if (cursor is not null && !TryReadCursor(board, cursor, out number, out first))
        {
            return Reply.Refused(Cursor.Malformed());
        }

        return await ReadPageAsync(BoardOf(board, caller.Shard, shards), number, first, count);
    }

    private static async Task<IResult> ReadPageAsync(ILeaderboardGrain board, int season, long first, int count) => Reply.Of(
        await board.GetPageAsync(season, first, count),
        page =>
        {
            var next = page.Items.Count == 0 ? page.Entries + 1 : page.Items[^1].Rank + 1;
            return Reply.Ok(BoardBody.Of(page, next > page.Entries ? null : Cursor.Write(ListOf(page.Board), $"{page.Season}/{next}")));
        });

    private static async Task<IResult> AroundAsync(
        string board, QueryNumber? reach, QueryNumber? season, string? member, Caller caller, ShardRouter shards)
    {
        var badReach = QueryNumber.Read(reach, "reach", 0, LeaderboardLimits.MaxReach, DefaultReach, out var neighbours);
        var badSeason = ReadSeason(season, out var number);
        if ((badReach ?? badSeason ?? CheckMember(member)) is { } problem)
        {
            return Reply.Refused(problem);
        }

        return Reply.Of(
            await BoardOf(board, caller.Shard, shards).GetAroundAsync(number, member ?? caller.PlayerId, (int)neighbours),
            page => Reply.Ok(BoardBody.Of(page, null)));
    }

    private static async Task<IResult> RankAsync(
        string board, QueryNumber? season, string? scope, string? member, Caller caller, ShardRouter shards, TimeProvider clock)
    {
        var badSeason = ReadSeason(season, out var number);
        var badScope = ReadScope(scope, number, out var all);
        if ((badSeason ?? badScope ?? CheckMember(member)) is { } problem)
        {
            return Reply.Refused(problem);
        }

        member ??= caller.PlayerId;
        if (!all)
        {
            return Reply.Of(
                await BoardOf(board, caller.Shard, shards).GetRankAsync(number, member),
                entry => Reply.Ok(RankBody.Of(entry)));
        }

        // A member scores at home.
        if (shards.CheckServed(member) is { } elsewhere)
        {
            return Reply.Refused(elsewhere);
        }

        return Reply.Of(
            await RankingOf(board, EntityId.ShardOf(member), shards).GetRankAsync(member),
            standing => Reply.Ok(RankBody.Of(standing, clock.GetUtcNow())));
    }

    private static IRankingGrain RankingOf(string board, string shard, ShardRouter shards) =>
        shards.On(shard).GetGrain<IRankingGrain>(board);

    private static ILeaderboardGrain BoardOf(string board, string shard, ShardRouter shards) =>
        shards.On(shard).GetGrain<ILeaderboardGrain>(board);

    private static Problem? ReadSeason(QueryNumber? given, out int season)
    {
        var problem = QueryNumber.Read(given, "season", 0, int.MaxValue, 0, out var number);
        season = problem is null ? (int)number : 0;
        return problem;
    }

    private static Problem? ReadScope(string? given, int season, out bool all)
    {
        all = given == All;
        return given is not (null or OneShard or All) ? Problem.Invalid("scope", "shard or all")
            : all && season != 0 ? Problem.Invalid("season", "0 with scope=all: past seasons are ranked by shard")
            : null;
    }

    private static Problem? CheckMember(string? member) => member is null ? null : RouteIds.CheckEntity("member", member);

    private static string ListOf(string board) => $"board/{board}";

    private static bool TryReadCursor(string board, string cursor, out int season, out long first)
    {
        season = 0;
        first = 0;
        return Cursor.Read(ListOf(board), cursor)?.Split('/') is [var seasonText, var rankText]
            && int.TryParse(seasonText, out season)
            && season >= 0
            && long.TryParse(rankText, out first)
            && first >= 1;
    }
}
