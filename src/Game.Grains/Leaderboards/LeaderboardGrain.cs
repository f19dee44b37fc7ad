using Game.Contracts;
using Game.Contracts.Leaderboards;
using Game.Domain.Leaderboards;
using Game.Grains.EventSourcing;

namespace Game.Grains.Leaderboards;

[Reentrant]
public sealed class LeaderboardGrain(EventSourcingServices services, LeaderboardCatalog catalog, ShardIdentity shard)
    : EventSourcedGrain<Leaderboard, LeaderboardCommand>(services), ILeaderboardGrain
{
    private LeaderboardDefinition? _definition;

    protected override string Category => StreamName.Leaderboard;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _definition = catalog.Find(Key);
        await base.OnActivateAsync(cancellationToken);
    }

    public async Task<Outcome<LeaderboardEntry>> SubmitAsync(SubmitScore command)
    {
        var submitted = await ExecuteAsync(
            command,
            board => EntryOf(board, command.Member),
            facts => facts.OfType<ScoreRecorded>()
                .Select(recorded => new LeaderboardEntry(recorded.Rank, recorded.Member, recorded.Score, recorded.At))
                .First());
        return submitted;
    }

    public Task<Outcome<bool>> RemoveAsync(RemoveScore command) => ExecuteAsync(command, _ => true, _ => true);

    public async Task<Outcome<LeaderboardPage>> GetPageAsync(int season, long firstRank, int count) =>
        (await ReadCurrentAsync()).GetPage(season, firstRank, count, Version);

    public async Task<Outcome<LeaderboardPage>> GetAroundAsync(int season, string member, int reach) =>
        (await ReadCurrentAsync()).GetAround(season, member, reach, Version);

    public async Task<Outcome<LeaderboardEntry>> GetRankAsync(int season, string member) =>
        (await ReadCurrentAsync()).GetRank(season, member, Version);

    public async Task<Outcome<LeaderboardDigest>> GetDigestAsync(int top, int samples) =>
        (await ReadCurrentAsync()).GetDigest(shard.Name, top, samples, Version);

    public async Task<long> GetVersionAsync()
    {
        await ReadAsync();
        return Version;
    }

    protected override AggregateReader<Leaderboard> CreateReader() => new LeaderboardReader(
        Store, Codec, () => _definition is { } definition ? new Leaderboard(definition) : Leaderboard.Initial(Key));

    /// <summary>A reader may be the first to come after a season's end: the next season then starts before the answer.</summary>
    private async Task<Leaderboard> ReadCurrentAsync()
    {
        var board = await ReadAsync();
        if (board.SeasonEndsAt is { } end && end <= Now)
        {
            await ExecuteAsync(new RollSeason($"roll:{end.ToUnixTimeSeconds()}"), _ => true, _ => true);
            board = await ReadAsync();
        }

        return board;
    }

    private LeaderboardEntry EntryOf(Leaderboard board, string member) => board.GetRank(0, member, Version).Value!;
}
