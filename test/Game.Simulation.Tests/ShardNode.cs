using Game.EventStore;
using Game.EventStore.InMemory;
using Game.Grains;
using Game.Grains.Broadcast;
using Game.Grains.Broadcast.Chains;
using Game.Grains.Hosting;
using Game.Hosting.Embedded;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Simulation.Tests;

/// <summary>A shard: a store and reminders that stay, and a silo that comes and goes.</summary>
internal sealed class ShardNode(World world, string name, IReadOnlyList<string> all)
{
    private readonly SimulatedItems _items = new(world, name);
    private Life? _life;
    private Task _starting = Task.CompletedTask;

    public string Name => name;

    public InMemoryEventStore Store { get; } = new();

    /// <summary>The way to its grains, or null while it is down.</summary>
    public IGrainFactory? Grains => _life?.Silo.GrainFactory;

    /// <summary>Returns when it is up. Whoever asks while it starts waits for that start: a shard has one life at a time.</summary>
    public Task StartAsync(Task? othersDeclared = null)
    {
        if (_starting.IsCompleted && _life is null)
        {
            _starting = BringUpAsync(othersDeclared);
        }

        return _starting;
    }

    public async Task KillAsync()
    {
        if (_life is { } life)
        {
            _life = null;
            world.Trace.Add($"shard {name} is killed");
            await life.KillAsync();
        }
    }

    public async Task StopAsync()
    {
        if (_life is { } life)
        {
            _life = null;
            world.Trace.Add($"shard {name} shuts down");
            await life.StopAsync();
            world.Trace.Add($"shard {name} is down");
        }
    }

    private async Task BringUpAsync(Task? othersDeclared)
    {
        while (true)
        {
            var life = new Life(world, name, all, Store, _items);
            try
            {
                await life.Silo.StartAsync();
                var traffic = life.Services.GetRequiredService<ShardTraffic>();
                await traffic.DeclareAsync(CancellationToken.None);
                if (othersDeclared is not null)
                {
                    await othersDeclared;
                }

                await traffic.StartAsync(CancellationToken.None);
                _life = life;
                world.Trace.Add($"shard {name} is up");
                return;
            }
            catch (EventStoreException exception)
            {
                // A supervisor would start the process again.
                world.Trace.Add($"shard {name} does not start: {exception.Message}");
                await life.KillAsync();
                await world.DelayAsync(TimeSpan.FromSeconds(1));
            }
        }
    }

    /// <summary>Whether it would notice what it misses of any of these.</summary>
    public bool FollowsAll(IEnumerable<string> sources) =>
        sources.All(source => Store.ReadCursorAsync(Resync.KnownCursorOf(source)).AsTask() is { IsCompletedSuccessfully: true, Result: > 0 });

    /// <summary>Whether everything in the log has been published.</summary>
    public async Task<bool> IsPublishedAsync()
    {
        var head = await Store.GetHeadAsync();
        foreach (var route in BroadcastRoutes.All)
        {
            if (await Store.ReadCursorAsync($"broadcast/{route}") < head)
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

        public Life(World world, string name, IReadOnlyList<string> all, InMemoryEventStore store, SimulatedItems items)
        {
            _connection = world.Bus.Connect(name);
            _store = new SimulatedStore(world, name, store);
            Services = new ServiceCollection()
                .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
                .AddSingleton(_ => Silo!.GrainFactory)
                .AddShard(new ShardHostOptions
                {
                    Shard = new ShardIdentity(name, all),
                    Store = _store,
                    Reminders = items,
                    Bus = _connection,
                    LoggerFactory = NullLoggerFactory.Instance,
                    Clock = world.Clock,
                })
                .BuildServiceProvider();
            var options = new EmbeddedSiloOptions
            {
                SiloName = name,
                Services = Services,
                Scheduler = world.Scheduler,
                ReminderTable = new ReminderTable(items),
                CollectionAge = TimeSpan.FromSeconds(30),
                CollectionQuantum = TimeSpan.FromSeconds(10),
            };
            options.GrainAssemblies.Add(typeof(ShardServices).Assembly);
            Silo = new EmbeddedSilo(options);
        }

        public ServiceProvider Services { get; }

        public EmbeddedSilo Silo { get; }

        public async Task KillAsync()
        {
            _store.Kill();
            _connection.Kill();
            Silo.Kill();
            await Silo.DisposeAsync();
        }

        public async Task StopAsync()
        {
            await Services.GetRequiredService<ShardTraffic>().StopAsync();
            await Silo.StopAsync();
            await Silo.DisposeAsync();
            _store.Kill();
            _connection.Kill();
        }
    }
}
