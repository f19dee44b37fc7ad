using Game.Broadcast.InProcess;
using Game.Contracts.Analytics;
using Game.Contracts.Broadcast;
using Game.Contracts.Identity;
using Game.Contracts.Leaderboards;
using Game.Domain.Chat;
using Game.Domain.Economy;
using Game.Domain.Leaderboards;
using Game.EventStore;
using Game.EventStore.Sqlite;
using Game.Grains;
using Game.Grains.Analytics;
using Game.Grains.Broadcast;
using Game.Grains.EventSourcing;
using Game.Grains.Hosting;
using Game.Grains.Presence;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Gateway.Tests.Harness;

/// <summary>Real shards with real store files in one silo, joined by the in-process bus.</summary>
public sealed class TestShards : IShardDirectory, IOperations, IAsyncDisposable
{
    /// <summary>A board that players submit to.</summary>
    public const string Board = "arena";

    /// <summary>A word that the shards' chat masks.</summary>
    public const string MaskedWord = "zounds";

    private readonly string _folder = Directory.CreateTempSubdirectory("game-gateway-").FullName;
    private readonly Dictionary<string, SqliteEventStore> _stores = [];
    private readonly HashSet<string> _hidden = [];
    private readonly InProcessBus _bus;
    private SiloHost _silo = null!;

    private TestShards(int count)
    {
        All = [.. Enumerable.Range(1, count).Select(ShardId.Numbered)];
        _bus = InProcessBus.Open(
            new InProcessBusOptions { Path = Path.Combine(_folder, "bus.db") }, TimeProvider.System, NullLogger<InProcessBus>.Instance);
    }

    /// <inheritdoc/>
    public event Action? SiloLost
    {
        add { }
        remove { }
    }

    public bool IsStoreFailure(Exception exception) => exception is EventStoreException;

    public IReadOnlyList<string> All { get; }

    public IReadOnlyList<string> Shards => [.. All.Where(shard => !_hidden.Contains(shard))];

    IReadOnlyList<string> IShardDirectory.All => Shards;

    /// <summary>Why the console would say a shard is in trouble; null: it is well.</summary>
    public string? Trouble { get; set; }

    public Action<IApplicationBuilder>? Dashboard => SiloDashboard.Of(_silo);

    public static async Task<TestShards> StartAsync(int count)
    {
        AnalyticsTraffic.Watch();
        var shards = new TestShards(count);
        foreach (var name in shards.All)
        {
            shards._stores.Add(name, SqliteEventStore.Open(Path.Combine(shards._folder, name, "events.db")));
        }

        shards._silo = await SiloHost.StartAsync(
            new SiloHostOptions
            {
                Shards = [.. shards._stores.Select(store => shards.OptionsOf(store.Key, store.Value))],
                LoggerFactory = NullLoggerFactory.Instance,
            },
            CancellationToken.None);
        await shards._silo.StartTrafficAsync(CancellationToken.None);
        return shards;
    }

    /// <summary>The gateway no longer serves this shard, as if it ran in another process.</summary>
    public void Hide(string shard) => _hidden.Add(shard);

    public void Show(string shard) => _hidden.Remove(shard);

    public bool TryGet(string shard, out IGrainFactory grains)
    {
        var found = Shards.Contains(shard);
        grains = found ? _silo[shard].Grains : null!;
        return found;
    }

    /// <summary>The position of the last event of every shard: equal before and after if nothing was stored.</summary>
    public async Task<IReadOnlyList<long>> HeadsAsync()
    {
        var heads = new List<long>();
        foreach (var store in _stores.Values)
        {
            heads.Add(await store.GetHeadAsync());
        }

        return heads;
    }

    /// <summary>Waits until nothing is on its way between aggregates: every log is published, every queue is empty, every action counted.</summary>
    public async Task SettleAsync()
    {
        var deadline = DateTime.UtcNow + TestGateway.Patience;
        while (true)
        {
            var before = await HeadsAsync();
            if (AnalyticsTraffic.IsQuiet && await IsQuietAsync() && AnalyticsTraffic.IsQuiet && before.SequenceEqual(await HeadsAsync()))
            {
                return;
            }

            Assert.True(DateTime.UtcNow < deadline, "The shards do not come to rest.");
            await Task.Yield();
        }
    }

    public Task<IReadOnlyList<ShardStatus>> GetShardsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<ShardStatus>>(
    [
        .. Shards.Select(shard => new ShardStatus(
            shard,
            Trouble is null,
            Trouble,
            [new PublisherStatus(BroadcastRoutes.All[0], 1, 3, 1, 0)],
            [new QueueStatus($"{BroadcastRoutes.All[0]}.{shard}", 0, 0, 0)])),
    ]);

    public async Task<IReadOnlyList<DeadLetterStatus>> ListDeadLettersAsync(
        string queue, long after, int count, CancellationToken cancellationToken) =>
    [
        .. (await _bus.ListDeadLettersAsync(queue, after, count, cancellationToken)).Select(letter => new DeadLetterStatus(
            letter.Id, letter.Message.Id, letter.Message.Type, letter.Message.SourceStream, letter.Message.RoutingKey, letter.Reason, letter.At, letter.Deliveries)),
    ];

    public async Task<bool> ReplayDeadLetterAsync(string queue, long id, CancellationToken cancellationToken) =>
        await _bus.ReplayDeadLetterAsync(queue, id, cancellationToken);

    IReadOnlyList<RouteStatus> IOperations.Routes => [];

    BusStatus IOperations.Bus => new(true, null, false, 0);

    public InProcessBus Bus => _bus;

    public List<AuditEntry> Audit { get; } = [];

    public async Task<DeadLetterDetail?> FindDeadLetterAsync(string queue, long id, CancellationToken cancellationToken) =>
        (await ListDeadLettersAsync(queue, id - 1, 1, cancellationToken)) is [var letter] && letter.Id == id
            ? new DeadLetterDetail(letter, new Dictionary<string, string>(), 0, null, "")
            : null;

    public Task RecordAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        lock (Audit)
        {
            Audit.Add(entry);
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<AuditEntry>> ListAuditAsync(int count, CancellationToken cancellationToken)
    {
        lock (Audit)
        {
            return Task.FromResult<IReadOnlyList<AuditEntry>>([.. Audit.AsEnumerable().Reverse().Take(count)]);
        }
    }

    public async Task<bool> DiscardDeadLetterAsync(string queue, long id, CancellationToken cancellationToken) =>
        await _bus.DiscardDeadLetterAsync(queue, id, cancellationToken);

    public async Task<LedgerStatus> GetLedgerAsync(CancellationToken cancellationToken)
    {
        var ledger = new GoldLedger();
        var codec = EventCodec.ForGame();
        foreach (var store in _stores.Values)
        {
            for (long position = 0; ;)
            {
                var page = await store.ReadAllAsync(position, 1000, cancellationToken);
                foreach (var stored in page)
                {
                    ledger.Add(StreamName.KeyOf(stored.Stream), codec.Decode(stored));
                    position = stored.Position;
                }

                if (page.Count == 0)
                {
                    break;
                }
            }
        }

        return new LedgerStatus(
            ledger.Minted, ledger.Wallets, ledger.Treasuries, ledger.Escrow, ledger.InTransit, ledger.Balanced);
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();

        await _bus.DisposeAsync();
        foreach (var store in _stores.Values)
        {
            await store.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private ShardHostOptions OptionsOf(string name, SqliteEventStore store) => new()
    {
        Shard = new ShardIdentity(name, All),
        Store = store,
        Reminders = store.Items("reminders"),
        Bus = _bus,
        ChatFilter = new WordListFilter([MaskedWord]),
        Presence = new PresenceOptions { Interval = TimeSpan.FromMilliseconds(500), MissedIntervals = 10 },
        Analytics = new AnalyticsOptions { Linger = TimeSpan.Zero },
        Boards = [new LeaderboardDefinition(Board, ScoreOperator.Best, true, false, null, 1)],
        LoggerFactory = NullLoggerFactory.Instance,
    };

    private async Task<bool> IsQuietAsync()
    {
        foreach (var shard in _silo.Shards)
        {
            foreach (var exchange in BroadcastRoutes.All)
            {
                var publisher = await shard.Grains.GetGrain<IBroadcastPublisherGrain>(exchange).GetStatusAsync();
                if (publisher.Cursor < publisher.Head)
                {
                    return false;
                }
            }

            var relay = shard.Grains.GetGrain<IActionRelayGrain>(shard.Name);
            if (await relay.GetStatusAsync() is var told && told.Cursor < told.Head)
            {
                await relay.WakeAsync();
                return false;
            }

            // Digests never end, and change nothing that is stored.
            foreach (var queue in ShardQueues.Of(shard.Name).Where(queue => !queue.Declaration.Transient))
            {
                var depth = await _bus.GetDepthAsync(queue.Name);
                if (depth.Ready > 0 || depth.Unacknowledged > 0)
                {
                    return false;
                }
            }
        }

        return true;
    }
}
