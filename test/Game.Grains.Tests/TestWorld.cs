using System.Diagnostics;
using Game.Broadcast;
using Game.Broadcast.InProcess;
using Game.Broadcast.RabbitMq;
using Game.Contracts;
using Game.Contracts.Broadcast;
using Game.Contracts.Guilds;
using Game.Contracts.Identity;
using Game.Contracts.Players;
using Game.Contracts.Wars;
using Game.Domain.Economy;
using Game.Domain.WorldEvents;
using Game.EventStore.Sqlite;
using Game.Grains.Analytics;
using Game.Grains.Broadcast;
using Game.Grains.EventSourcing;
using Game.Grains.Hosting;
using Game.Grains.Presence;
using Game.Grains.Relay;
using Game.LocalServers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Grains.Tests;

/// <summary>Shards of one process, with real store files and the in-process bus between them.</summary>
public sealed class TestWorld : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder;
    private readonly Dictionary<string, (SqliteEventStore Store, TestSilos Silos)> _shards = [];
    private readonly Dictionary<string, FaultyStore> _faults = [];
    private readonly RabbitMqServer? _broker;
    private IBroadcastBus? _bus;

    private readonly IReadOnlyList<WorldEventSchedule> _events;

    private TestWorld(string folder, IReadOnlyList<string> names, IReadOnlyList<WorldEventSchedule> events, RabbitMqServer? broker)
    {
        _folder = folder;
        _broker = broker;
        Names = names;
        _events = events;
    }

    public IReadOnlyList<string> Names { get; }

    /// <summary>Each shard has a silo of its own, so that one can be stopped; otherwise two silos host all of them.</summary>
    private bool IsApart { get; init; }

    private IEventSink? Sink { get; init; }

    private IActionHistory? History { get; init; }

    /// <summary>A cursor that shards which start from now on find lost.</summary>
    public string? LostCursor { get; set; }

    public static async Task<TestWorld> StartAsync(int shards, IEventSink sink)
    {
        var folder = Directory.CreateTempSubdirectory("game-grains-").FullName;
        var world = new TestWorld(folder, [.. Enumerable.Range(1, shards).Select(ShardId.Numbered)], [], null) { Sink = sink };
        await world.OpenAsync();
        return world;
    }

    /// <param name="history">What a shard alone computes its analytics again from.</param>
    public static async Task<TestWorld> StartAsync(IActionHistory history)
    {
        var folder = Directory.CreateTempSubdirectory("game-grains-").FullName;
        var world = new TestWorld(folder, [ShardId.Numbered(1)], [], null) { History = history };
        await world.OpenAsync();
        return world;
    }

    public static Task<TestWorld> StartAsync(int shards, params IReadOnlyList<WorldEventSchedule> events) => StartAsync(shards, null, events);

    /// <summary>Shards in silos of their own, which come and go.</summary>
    public static async Task<TestWorld> StartApartAsync(int shards)
    {
        var folder = Directory.CreateTempSubdirectory("game-grains-").FullName;
        var world = new TestWorld(folder, [.. Enumerable.Range(1, shards).Select(ShardId.Numbered)], [], null) { IsApart = true };
        await world.OpenAsync();
        return world;
    }

    /// <param name="shards">How many.</param>
    /// <param name="broker">Joins them instead of the in-process bus; stays the caller's to dispose.</param>
    /// <param name="events">World events to be planned.</param>
    public static async Task<TestWorld> StartAsync(int shards, RabbitMqServer? broker, params IReadOnlyList<WorldEventSchedule> events)
    {
        var folder = Directory.CreateTempSubdirectory("game-grains-").FullName;
        var world = new TestWorld(folder, [.. Enumerable.Range(1, shards).Select(ShardId.Numbered)], events, broker);
        await world.OpenAsync();
        return world;
    }

    public IBroadcastBus Bus => _bus!;

    public IGrainFactory Grains(string shard) => _shards[shard].Silos.Grains(shard);

    /// <summary>The grains of all shards of a shard's silo, as nobody of the product reaches them.</summary>
    internal IGrainFactory Silo(string shard) => _shards[shard].Silos.Factory;

    public SqliteEventStore Store(string shard) => _shards[shard].Store;

    /// <summary>Lets a shard's store fail.</summary>
    public FaultyStore Faults(string shard) => _faults[shard];

    public T HomeGrain<T>(string id)
        where T : IGrainWithStringKey => Grains(EntityId.ShardOf(id)).GetGrain<T>(id);

    /// <summary>Orderly stop and start with the same files.</summary>
    public async Task RestartAsync()
    {
        await CloseAsync();
        await OpenAsync();
    }

    /// <summary>The shard takes nothing from its queues any more.</summary>
    public ValueTask StopConsumingAsync(string shard) => _shards[shard].Silos.Traffic(shard).StopAsync();

    public Task ConsumeAgainAsync(string shard) => _shards[shard].Silos.Traffic(shard).StartAsync(TestContext.Current.CancellationToken);

    /// <summary>Waits until the bus has all that the shard's log has to tell.</summary>
    public async Task UntilPublishedAsync(string shard)
    {
        foreach (var route in BroadcastRoutes.All)
        {
            var publisher = Grains(shard).GetGrain<IBroadcastPublisherGrain>(route);
            await UntilAsync(() => publisher.GetStatusAsync(), status => status.Cursor == status.Head);
        }
    }

    /// <summary>Takes one shard down; the others go on, and what they send it waits.</summary>
    public async Task StopAsync(string shard)
    {
        await _shards[shard].Silos.DisposeAsync();
        await _shards[shard].Store.DisposeAsync();
        _shards.Remove(shard);
    }

    /// <summary>Brings a shard up again.</summary>
    public async Task StartAsync(string shard)
    {
        await StartShardsAsync([shard], Names);
        await _shards[shard].Silos.Traffic(shard).StartAsync(TestContext.Current.CancellationToken);
    }

    public async Task<string> RegisterAsync(string shard, string name, long gold = 1000)
    {
        var id = EntityId.New(shard, DateTimeOffset.UtcNow).ToString();
        var registered = await HomeGrain<IPlayerGrain>(id).HandleAsync(new RegisterPlayer("register", name, gold));
        Assert.Null(registered.Refusal);
        return id;
    }

    public async Task<string> FoundAsync(string leader, string name, string tag = "TAG")
    {
        var guild = EntityId.New(EntityId.ShardOf(leader), DateTimeOffset.UtcNow).ToString();
        var requested = await HomeGrain<IPlayerGrain>(leader).HandleAsync(
            new RequestGuildFounding(NewCommand(), guild, name, tag, JoinPolicy.Open));
        Assert.Null(requested.Refusal);
        await UntilAsync(() => HomeGrain<IPlayerGrain>(leader).GetAsync(), player => player!.Membership == MembershipStatus.Member);
        return guild;
    }

    public async Task JoinAsync(string player, string guild)
    {
        var requested = await HomeGrain<IPlayerGrain>(player).HandleAsync(new RequestGuildJoin(NewCommand(), guild, UsingInvite: false));
        Assert.Null(requested.Refusal);
        await UntilAsync(() => HomeGrain<IPlayerGrain>(player).GetAsync(), view => view!.Membership == MembershipStatus.Member);
    }

    public async Task<GoldLedger> LedgerAsync()
    {
        var ledger = new GoldLedger();
        var codec = EventCodec.ForGame();
        foreach (var (store, _) in _shards.Values)
        {
            IReadOnlyList<EventStore.StoredEvent> page = [];
            do
            {
                page = await store.ReadAllAsync(page.Count == 0 ? 0 : page[^1].Position, 1000);
                foreach (var stored in page)
                {
                    ledger.Add(StreamName.KeyOf(stored.Stream), codec.Decode(stored));
                }
            }
            while (page.Count > 0);
        }

        return ledger;
    }

    /// <summary>Starts one more shard beside those that run. It knows them from its settings; they know nothing of it.</summary>
    public async Task AddAsync(string name)
    {
        await StartShardsAsync([name], [.. Names, name]);
        await ConsumeAgainAsync(name);
    }

    /// <summary>
    /// Plays what must happen within so many seconds, and again with twice as many where the machine was too busy for it.
    /// </summary>
    /// <param name="seconds">To begin with.</param>
    /// <param name="play">Says false where the time was over before what is to be tested had happened, and nothing else was wrong.</param>
    public static async Task WithTimeAsync(int seconds, Func<int, Task<bool>> play)
    {
        for (var length = seconds; !await play(length); length *= 2)
        {
            Assert.True(length < 16 * seconds, $"Not even {length} seconds were enough.");
        }
    }

    /// <summary>Whether a strike landed: only the war's end may refuse it, and not before its time.</summary>
    public async Task<bool> StrikeAsync(string player, string war, int power)
    {
        var strike = await HomeGrain<IPlayerGrain>(player).StrikeAsync(NewCommand(), war, power);
        if (strike.Accepted)
        {
            return true;
        }

        Assert.Equal(RefusalCodes.WarClosed, strike.Refusal.Code);
        var front = await Grains(EntityId.ShardOf(player)).GetGrain<IWarFrontGrain>(war).GetAsync();
        Assert.True(DateTimeOffset.UtcNow >= front!.EndsAt, $"Closed before {front.EndsAt:O}.");
        return false;
    }

    public static string NewCommand() => Guid.NewGuid().ToString("N");

    /// <summary>Asks until the answer is as wanted; fails once it has been the same for a long while.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> wanted)
    {
        var (last, since) = (default(T), Stopwatch.GetTimestamp());
        while (true)
        {
            var answer = await ask();
            if (wanted(answer))
            {
                return answer;
            }

            if (!EqualityComparer<T>.Default.Equals(answer, last))
            {
                (last, since) = (answer, Stopwatch.GetTimestamp());
            }

            Assert.True(Stopwatch.GetElapsedTime(since) < Patience, $"Still {answer}");
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task OpenAsync()
    {
        _bus = _broker is null
            ? InProcessBus.Open(
                new InProcessBusOptions { Path = Path.Combine(_folder, "bus.db") }, TimeProvider.System, NullLogger<InProcessBus>.Instance)
            : await RabbitMqBus.OpenAsync(
                new RabbitMqOptions { Nodes = [_broker.Address] }, TimeProvider.System, NullLogger<RabbitMqBus>.Instance);
        foreach (var together in IsApart ? Names.Select(name => new[] { name }) : [[.. Names]])
        {
            await StartShardsAsync(together, Names);
        }

        foreach (var name in Names)
        {
            await ConsumeAgainAsync(name);
        }
    }

    private async Task StartShardsAsync(string[] names, IReadOnlyList<string> settings)
    {
        var stores = names.ToDictionary(name => name, name => SqliteEventStore.Open(Path.Combine(_folder, name, "events.db")));
        foreach (var (name, store) in stores)
        {
            _faults[name] = new FaultyStore(store) { LostCursor = LostCursor };
        }

        var silos = await TestSilos.StartAsync(
            IsApart || !Names.Contains(names[0]) ? 1 : 2,
            [
                .. names.Select(name => new ShardHostOptions
                {
                    Shard = new ShardIdentity(name, settings),
                    Store = _faults[name],
                    Reminders = stores[name].Items("reminders"),
                    Bus = _bus!,
                    Presence = new PresenceOptions { Interval = TimeSpan.FromMilliseconds(200), MissedIntervals = 10 },
                    EventSink = Sink,
                    WorldEvents = _events,
                    Analytics = new AnalyticsOptions { Linger = TimeSpan.Zero, History = History },
                    LoggerFactory = NullLoggerFactory.Instance,
                }),
            ],
            TestContext.Current.CancellationToken);
        foreach (var (name, store) in stores)
        {
            _shards.Add(name, (store, silos));
            await silos.Traffic(name).DeclareAsync(TestContext.Current.CancellationToken);
        }
    }

    private async Task CloseAsync()
    {
        foreach (var silos in _shards.Values.Select(shard => shard.Silos).Distinct())
        {
            await silos.DisposeAsync();
        }

        foreach (var (store, _) in _shards.Values)
        {
            await store.DisposeAsync();
        }

        _shards.Clear();
        await _bus!.DisposeAsync();
    }
}
