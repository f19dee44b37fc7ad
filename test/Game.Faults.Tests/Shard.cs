using Game.Broadcast;
using Game.Broadcast.RabbitMq;
using Game.EventStore;
using Game.EventStore.InMemory;
using Game.Grains;
using Game.Grains.Hosting;
using Game.Hosting.Embedded;
using Game.LocalServers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Faults.Tests;

/// <summary>A shard over a real broker: its store stays, its silo and its connections come and go. Killed, it is cut off at once.</summary>
internal sealed class Shard(string name, IReadOnlyList<string> all, IReadOnlyList<Uri> brokers) : IAsyncDisposable
{
    private readonly MemoryItems _items = new();
    private Life? _life;

    public string Name => name;

    public InMemoryEventStore Store { get; } = new();

    /// <summary>The way to its grains, or null while it is down.</summary>
    public IGrainFactory? Grains => _life?.Silo.GrainFactory;

    public IBroadcastBus Bus => _life!.Bus;

    public async Task StartAsync(CancellationToken cancellationToken, Task? othersDeclared = null)
    {
        while (true)
        {
            Life? life = null;
            try
            {
                life = await Life.OpenAsync(name, all, brokers, Store, _items, cancellationToken);
                var traffic = life.Services.GetRequiredService<ShardTraffic>();
                await traffic.DeclareAsync(cancellationToken);
                if (othersDeclared is not null)
                {
                    await othersDeclared;
                }

                await traffic.StartAsync(cancellationToken);
                _life = life;
                return;
            }
            catch (Exception exception) when (exception is BroadcastException or EventStoreException or TimeoutException)
            {
                // A supervisor would start the process again.
                if (life is not null)
                {
                    await life.KillAsync();
                }

                await Task.Delay(200, cancellationToken);
            }
        }
    }

    public async Task KillAsync()
    {
        if (_life is { } life)
        {
            _life = null;
            await life.KillAsync();
        }
    }

    /// <summary>Lets the shard store nothing until then, so that what others send stays in its queue.</summary>
    public void Hold(Task until) => _life!.Store.Hold(until);

    public async ValueTask DisposeAsync() => await KillAsync();

    private sealed class Life
    {
        private readonly List<FaultProxy> _proxies;

        private Life(List<FaultProxy> proxies, RabbitMqBus bus, string name, IReadOnlyList<string> all, IEventStore store, MemoryItems items)
        {
            _proxies = proxies;
            Bus = bus;
            Store = new MortalStore(store);
            Services = new ServiceCollection()
                .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
                .AddSingleton(_ => Silo!.GrainFactory)
                .AddShard(new ShardHostOptions
                {
                    Shard = new ShardIdentity(name, all),
                    Store = Store,
                    Reminders = items,
                    Bus = bus,
                    LoggerFactory = NullLoggerFactory.Instance,
                })
                .BuildServiceProvider();
            Silo = new EmbeddedSilo(new EmbeddedSiloOptions
            {
                SiloName = name,
                Services = Services,
                ReminderTable = new ReminderTable(items),
                GrainAssemblies = { typeof(ShardServices).Assembly },
            });
        }

        public RabbitMqBus Bus { get; }

        public MortalStore Store { get; }

        public ServiceProvider Services { get; }

        public EmbeddedSilo Silo { get; }

        public static async Task<Life> OpenAsync(
            string name, IReadOnlyList<string> all, IReadOnlyList<Uri> brokers, IEventStore store, MemoryItems items, CancellationToken cancellationToken)
        {
            var proxies = brokers.Select(broker => new FaultProxy(broker.Port)).ToList();
            try
            {
                var bus = await RabbitMqBus.OpenAsync(
                    new RabbitMqOptions
                    {
                        Nodes = [.. proxies.Zip(brokers, (proxy, broker) => new UriBuilder(broker) { Port = proxy.Port }.Uri)],
                        ClientName = name,
                        Heartbeat = TimeSpan.FromSeconds(3),
                        RequestTimeout = TimeSpan.FromSeconds(5),
                        ConfirmTimeout = TimeSpan.FromSeconds(5),
                    },
                    TimeProvider.System,
                    NullLogger<RabbitMqBus>.Instance,
                    cancellationToken);
                var life = new Life(proxies, bus, name, all, store, items);
                await life.Silo.StartAsync(cancellationToken);
                return life;
            }
            catch
            {
                foreach (var proxy in proxies)
                {
                    await proxy.DisposeAsync();
                }

                throw;
            }
        }

        public async Task KillAsync()
        {
            Store.Kill();
            foreach (var proxy in _proxies)
            {
                proxy.Refusing = true;
            }

            Silo.Kill();
            await Silo.DisposeAsync();
            await Bus.DisposeAsync();
            foreach (var proxy in _proxies)
            {
                await proxy.DisposeAsync();
            }

            await Services.DisposeAsync();
        }
    }
}
