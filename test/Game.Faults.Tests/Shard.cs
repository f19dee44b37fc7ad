using Game.Broadcast;
using Game.Broadcast.RabbitMq;
using Game.EventStore;
using Game.EventStore.InMemory;
using Game.Grains;
using Game.Grains.Hosting;
using Game.LocalServers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Faults.Tests;

/// <summary>
/// A shard over a real broker: its store stays, its silo and its connections come and go. Killed, it is cut off from both at once, and
/// what is left of it ends beside the next life.
/// </summary>
internal sealed class Shard(string name, IReadOnlyList<string> all, IReadOnlyList<Uri> brokers) : IAsyncDisposable
{
    private readonly InMemoryItems _items = new();
    private readonly List<Task> _buried = [];
    private Life? _life;

    public string Name => name;

    public InMemoryEventStore Store { get; } = new();

    /// <summary>The way to its grains, or null while it is down.</summary>
    public IGrainFactory? Grains => _life?.Host[name].Grains;

    public IBroadcastBus Bus => _life!.Bus;

    public async Task StartAsync(CancellationToken cancellationToken, Task? othersDeclared = null)
    {
        while (true)
        {
            Life? life = null;
            try
            {
                life = await Life.OpenAsync(name, all, brokers, Store, _items, cancellationToken);
                await life.Host[name].Traffic.DeclareAsync(cancellationToken);
                if (othersDeclared is not null)
                {
                    await othersDeclared;
                }

                await life.Host[name].Traffic.StartAsync(cancellationToken);
                _life = life;
                return;
            }
            catch (Exception exception) when (exception is BroadcastException or EventStoreException or TimeoutException)
            {
                // A supervisor would start the process again.
                Bury(life);

                await Task.Delay(200, cancellationToken);
            }
        }
    }

    public void Kill()
    {
        Bury(_life);
        _life = null;
    }

    /// <summary>Lets the shard store nothing until then, so that what others send stays in its queue.</summary>
    public void Hold(Task until) => _life!.Store.Hold(until);

    public async ValueTask DisposeAsync()
    {
        Kill();
        await Task.WhenAll(_buried);
    }

    private void Bury(Life? life)
    {
        if (life is not null)
        {
            life.CutOff();
            _buried.Add(Task.Run(life.EndAsync));
        }
    }

    private sealed class Life
    {
        private readonly List<FaultProxy> _proxies;

        private Life(List<FaultProxy> proxies, RabbitMqBus bus, MortalStore store, SiloHost host) =>
            (_proxies, Bus, Store, Host) = (proxies, bus, store, host);

        public RabbitMqBus Bus { get; }

        public MortalStore Store { get; }

        public SiloHost Host { get; }

        public static async Task<Life> OpenAsync(
            string name, IReadOnlyList<string> all, IReadOnlyList<Uri> brokers, IEventStore store, InMemoryItems items, CancellationToken cancellationToken)
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
                var mortal = new MortalStore(store);
                var host = await SiloHost.StartAsync(
                    SiloHostOptions.Of(new ShardHostOptions
                    {
                        Shard = new ShardIdentity(name, all),
                        Store = mortal,
                        Reminders = items,
                        Bus = bus,
                        LoggerFactory = NullLoggerFactory.Instance,
                    }),
                    cancellationToken);
                return new Life(proxies, bus, mortal, host);
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

        /// <summary>From now on nothing of it is stored, sent or heard.</summary>
        public void CutOff()
        {
            Store.Kill();
            foreach (var proxy in _proxies)
            {
                proxy.Refusing = true;
            }
        }

        public async Task EndAsync()
        {
            await Host.DisposeAsync();
            await Bus.DisposeAsync();
            foreach (var proxy in _proxies)
            {
                await proxy.DisposeAsync();
            }
        }
    }
}
