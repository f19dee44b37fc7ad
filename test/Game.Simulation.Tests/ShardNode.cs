using Game.Contracts.Streams;
using Game.EventStore;
using Game.EventStore.InMemory;
using Game.Grains;
using Game.Grains.Analytics;
using Game.Grains.Broadcast;
using Game.Grains.Broadcast.Chains;
using Game.Grains.Hosting;
using Game.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Simulation.Tests;

/// <summary>A shard: a store and reminders that stay, and a silo that comes and goes.</summary>
internal sealed class ShardNode(World world, string name, IReadOnlyList<string> all)
{
    public static readonly TimeSpan CollectionAge = TimeSpan.FromSeconds(30);

    private readonly SimulatedItems _items = new(world, name);
    private readonly SimulatedStreams _kept = SimulatedStreams.Kept();
    private SimulatedStreams _streams = SimulatedStreams.Kept();
    private ShardLog? _log;
    private Life? _life;
    private Task _starting = Task.CompletedTask;

    public string Name => name;

    /// <summary>Lives that others take for dead and that go on.</summary>
    public int Ghosts { get; private set; }

    /// <summary>Whether its streams have been delivered to their end.</summary>
    public bool HasDelivered => _streams.IsIdle;

    public InMemoryEventStore Store { get; } = new();

    /// <summary>The way to its grains, or null while it is down.</summary>
    public IGrainFactory? Grains { get; private set; }

    /// <summary>Returns when it is up. Whoever asks while it starts waits for that start: a shard has one life at a time.</summary>
    public Task StartAsync(Task? othersDeclared = null)
    {
        if (_starting.IsCompleted && _life is null)
        {
            _starting = BringUpAsync(othersDeclared);
        }

        return _starting;
    }

    public void Kill()
    {
        if (_life is { } life)
        {
            _life = null;
            Grains = null;
            world.Trace.Add($"shard {name} is killed");
            if (world.Happens(world.Plan.Ghosts))
            {
                Ghosts++;
                life.CutOff();
                world.Run(() => HauntAsync(life));
            }
            else
            {
                life.Kill();
            }
        }
    }

    public async Task StopAsync()
    {
        if (_life is { } life)
        {
            _life = null;
            Grains = null;
            world.Trace.Add($"shard {name} shuts down");
            await life.StopAsync();
            world.Trace.Add($"shard {name} is down");
        }
    }

    /// <summary>Its grains go on beside those of the next life; its connection to the bus may or may not.</summary>
    private async Task HauntAsync(Life life)
    {
        if (world.Random.Next(2) == 0)
        {
            life.Disconnect();
        }

        await world.DelayAsync(TimeSpan.FromSeconds(world.Random.NextDouble() * 20));
        world.Trace.Add($"shard {name} has a ghost less");
        life.Kill();
        Ghosts--;
    }

    private async Task BringUpAsync(Task? othersDeclared)
    {
        while (true)
        {
            _streams = world.Plan.KeepsStreams ? _kept : SimulatedStreams.InMemory(world.Clock);
            world.SetUp(_streams);
            var life = new Life(world, name, all, Store, _items, _streams);
            try
            {
                await life.StartAsync();
                var traffic = life.Traffic;
                await traffic.DeclareAsync(CancellationToken.None);
                if (othersDeclared is not null)
                {
                    await othersDeclared;
                }

                await traffic.StartAsync(CancellationToken.None);
                _life = life;
                Grains = new ShardGrainFactory(name, life.Silo.Connect());
                world.Trace.Add($"shard {name} is up");
                return;
            }
            catch (EventStoreException exception)
            {
                // A supervisor would start the process again.
                world.Trace.Add($"shard {name} does not start: {exception.Message}");
                life.Kill();
                await world.DelayAsync(TimeSpan.FromSeconds(1));
            }
        }
    }

    /// <summary>Its log to the end.</summary>
    public Task<ShardLog> ReadLogAsync() => (_log ??= new ShardLog(this)).ReadAsync();

    /// <summary>Whether it would notice what it misses of any of these.</summary>
    public bool FollowsAll(IEnumerable<string> sources) =>
        sources.All(source => Store.ReadCursorAsync(Resync.KnownCursorOf(source)).AsTask() is { IsCompletedSuccessfully: true, Result: > 0 });

    /// <summary>Whether everything in the log has been published and told to analytics.</summary>
    public async Task<bool> IsPublishedAsync()
    {
        var head = await Store.GetHeadAsync();
        foreach (var cursor in BroadcastRoutes.All.Select(BroadcastRoutes.CursorOf).Append(ActionRelayGrain.Cursors))
        {
            if (await Store.ReadCursorAsync(cursor) < head)
            {
                return false;
            }
        }

        return true;
    }

    private sealed class Life
    {
        private readonly SimulatedConnection _connection;
        private readonly SimulatedStore _store;
        private readonly HostedShards _shards;
        private readonly ServiceProvider _services;

        public Life(World world, string name, IReadOnlyList<string> all, InMemoryEventStore store, SimulatedItems items, SimulatedStreams streams)
        {
            _connection = world.Bus.Connect(name);
            _store = new SimulatedStore(world, name, store);
            var reminders = new LifeItems(world, items);
            var calls = new DefectiveCalls(world, name);
            var isSound = world.Plan.Defect == Defect.None;
            Silo = new SimulatedSilo(new SimulatedSiloOptions
            {
                Name = name,
                Simulation = world.Scheduler,
                GrainAssemblies = [typeof(ShardServices).Assembly],
                Create = (type, grain) => _shards!.Create(type, grain),
                Reminders = new ReminderTable(new Dictionary<string, IDurableItems> { [name] = reminders }),
                Streams = new Dictionary<string, SimulatedStreams> { [StreamProviders.Kafka] = streams },
                CollectionAge = CollectionAge,
                CollectionQuantum = TimeSpan.FromSeconds(10),
                OnSending = isSound ? null : calls.OnSending,
                OnAnswering = isSound ? null : calls.OnAnswering,
                OnTrouble = trouble => world.Trace.Add($"silo {name}: {trouble}"),
            });
            _shards = new HostedShards(
                [
                    new ShardHostOptions
                    {
                        Shard = new ShardIdentity(name, all),
                        Store = isSound ? _store : new DefectiveStore(world, _store),
                        Reminders = reminders,
                        Bus = isSound ? _connection : new DefectiveBus(world, _connection),
                        Analytics = new AnalyticsOptions
                        {
                            KeepsStreams = world.Plan.KeepsStreams || world.Plan.Defect == Defect.RelayDoesNotWait,
                        },
                        LoggerFactory = NullLoggerFactory.Instance,
                        Clock = world.Clock,
                    },
                ],
                Silo.Grains);
            var services = new ServiceCollection();
            Silo.AddTo(services);
            _services = services.BuildServiceProvider();
        }

        public ShardTraffic Traffic => _shards.All[0].Traffic;

        public SimulatedSilo Silo { get; }

        public Task StartAsync() => Silo.StartAsync(_services);

        /// <summary>Whoever is outside takes it for dead.</summary>
        public void CutOff() => Silo.CutOff();

        /// <summary>The bus takes it for dead.</summary>
        public void Disconnect() => _connection.Kill();

        public void Kill()
        {
            _store.Kill();
            _connection.Kill();
            Silo.Kill();
        }

        public async Task StopAsync()
        {
            await Traffic.StopAsync();
            await Silo.StopAsync();
            _store.Kill();
            _connection.Kill();
        }
    }
}
