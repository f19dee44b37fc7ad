using Game.Broadcast;
using Game.Contracts;
using Game.Contracts.Leaderboards;
using Game.Domain.Leaderboards;
using Game.EventStore;
using Game.Grains.EventSourcing;
using Game.Grains.Shards;
using Microsoft.Extensions.Logging;

namespace Game.Grains.Leaderboards;

/// <summary>
/// One board over all shards. Digests go straight to the bus with a time to live and not through the log: each says all that
/// earlier ones said, and one that is lost is made good by the next.
/// </summary>
[Reentrant]
public sealed partial class RankingGrain(
    IBroadcastBus bus,
    EventCodec codec,
    LeaderboardCatalog catalog,
    ShardIdentity shard,
    KnownShards shards,
    TimeProvider clock,
    ILogger<RankingGrain> logger) : ShardGrain, IRankingGrain, IRemindable
{
    private const string KeepAwake = "ranking";

    /// <summary>However often the board changes in between, it is told once.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    /// <summary>A board that does not change is told again, for shards that have restarted and to say that it still holds.</summary>
    private static readonly TimeSpan RepeatInterval = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan TimeToLive = TimeSpan.FromMinutes(5);

    private readonly List<string> _shards = [];
    private HeardDigests _heard = new("", []);
    private bool _isTelling;
    private long _toldVersion = -1;
    private DateTimeOffset _toldAt;

    private ILeaderboardGrain Board => GrainFactory.GetGrain<ILeaderboardGrain>(Key);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _shards.AddRange(await shards.GetAsync());
        _heard = new HeardDigests(shard.Name, _shards);
        await BeginToTellAsync();
    }

    public Task WakeAsync() => Task.CompletedTask;

    public Task ReceiveReminder(string reminderName, TickStatus status) => Task.CompletedTask;

    public async Task HearAsync(BoardDigested digest)
    {
        if (!_shards.Contains(digest.Digest.Shard) && await shards.ContainsAsync(digest.Digest.Shard) && !_shards.Contains(digest.Digest.Shard))
        {
            _shards.Add(digest.Digest.Shard);
            await BeginToTellAsync();
        }

        _heard.Hear(digest);
    }

    private async Task BeginToTellAsync()
    {
        // What nobody declared is not told; whoever asks for it gets an empty board.
        if (!_isTelling && catalog.Find(Key) is not null && _shards.Count > 1)
        {
            _isTelling = true;
            await this.KeepReminderAsync(KeepAwake);
            this.CallEvery(TimeSpan.Zero, LookInterval, static (self, _) => self.TellAsync());
        }
    }

    public async Task<Outcome<GlobalTop>> GetTopAsync(int count)
    {
        var own = await Board.GetDigestAsync(count, samples: 1);
        return own.Accepted ? Outcome.Accept(_heard.TopOf(own.Value, count), own.Version) : Outcome.Refuse<GlobalTop>(own.Refusal);
    }

    public async Task<Outcome<GlobalStanding>> GetRankAsync(string member)
    {
        var entry = await Board.GetRankAsync(0, member);
        if (!entry.Accepted)
        {
            return Outcome.Refuse<GlobalStanding>(entry.Refusal);
        }

        var own = await Board.GetDigestAsync(top: 0, samples: 1);
        return own.Accepted
            ? Outcome.Accept(_heard.RankOf(entry.Value, own.Value.SeasonEndsAt), entry.Version)
            : Outcome.Refuse<GlobalStanding>(own.Refusal);
    }

    private async Task TellAsync()
    {
        try
        {
            var version = await Board.GetVersionAsync();
            var now = clock.GetUtcNow();
            if (version == 0 || (version == _toldVersion && now - _toldAt < RepeatInterval))
            {
                return;
            }

            var digest = await Board.GetDigestAsync(HeardDigests.Top, HeardDigests.Samples);
            if (digest.Accepted)
            {
                await PublishAsync(new BoardDigested(now, Key, digest.Version, digest.Value));
                (_toldVersion, _toldAt) = (digest.Version, now);
            }
        }
        catch (Exception exception) when (exception is BroadcastException or TimeoutException or EventStoreException or OrleansException)
        {
            LogNotTold(logger, Key, exception);
        }
    }

    private Task PublishAsync(BoardDigested told)
    {
        var data = codec.Encode(told);
        return bus.PublishAsync(new BroadcastMessage(
            $"{shard.Name}/board/{Key}/{told.Version}/{told.At.UtcTicks}",
            Exchanges.Digests,
            $"board.{shard.Name}",
            shard.Name,
            told.Version,
            $"board/{Key}",
            data.Type,
            data.SchemaVersion,
            data.Body,
            TimeToLive)).AsTask();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Board {Board} was not told to the other shards; again in a moment.")]
    private static partial void LogNotTold(ILogger logger, string board, Exception exception);
}
