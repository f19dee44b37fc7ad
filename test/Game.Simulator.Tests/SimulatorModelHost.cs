using Game.EventStore;
using Game.EventStore.InMemory;
using Game.GrainModel.Conformance;
using Game.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Game.Simulator.Tests;

/// <summary>
/// The simulator as the conformance suite sees it: one silo, called from outside, beside real time. Where it differs from Orleans, the
/// simulator is wrong.
/// </summary>
internal sealed class SimulatorModelHost : IGrainModelHost
{
    private readonly SimulationScheduler _simulation = new(seed: 1, isLive: true);
    private readonly CancellationTokenSource _stopping = new();
    private readonly InMemoryItems _items = new();
    private readonly GrainModelSettings _settings;
    private readonly Thread _thread;
    private SimulatedSilo? _silo;

    private SimulatorModelHost(GrainModelSettings settings)
    {
        _settings = settings;
        _thread = new Thread(() => _simulation.RunLive(_stopping.Token)) { IsBackground = true, Name = "simulation" };
    }

    public IGrainFactory GrainFactory { get; private set; } = null!;

    public IStreamProvider Streams => Silo.StreamsOf(GrainModelSettings.StreamProvider);

    private SimulatedSilo Silo => _silo ?? throw new InvalidOperationException("The host is stopped.");

    public static async ValueTask<IGrainModelHost> StartAsync(GrainModelSettings settings)
    {
        var host = new SimulatorModelHost(settings);
        host._thread.Start();
        await host.InsideAsync(host.DeployAsync);
        return host;
    }

    public async Task StopAsync()
    {
        await InsideAsync(Silo.StopAsync);
        _silo = null;
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await InsideAsync(DeployAsync);
    }

    public async ValueTask DisposeAsync()
    {
        if (_silo is not null)
        {
            await StopAsync();
        }

        await _stopping.CancelAsync();
        _thread.Join();
        _stopping.Dispose();
    }

    private async Task DeployAsync()
    {
        var streams = SimulatedStreams.InMemory(_simulation.TimeProvider);
        streams.MaxDeliveryTime = _settings.MaxEventDeliveryTime;
        var silo = new SimulatedSilo(new SimulatedSiloOptions
        {
            Name = "model",
            Simulation = _simulation,
            GrainAssemblies = [typeof(GrainModelSuite).Assembly],
            Reminders = new ReminderTable(new Dictionary<string, IDurableItems> { [GrainModelSettings.Shard] = _items }),
            Streams = new Dictionary<string, SimulatedStreams> { [GrainModelSettings.StreamProvider] = streams },
            ResponseTimeout = _settings.ResponseTimeout,
            CollectionAge = _settings.CollectionAge,
            CollectionQuantum = _settings.CollectionQuantum,
            MinimumReminderPeriod = _settings.MinimumReminderPeriod,
        });
        var services = new ServiceCollection();
        silo.AddTo(services);
        await silo.StartAsync(services.BuildServiceProvider());
        _silo = silo;
        GrainFactory = silo.Connect();
    }

    /// <summary>Runs something inside; what awaits it goes on outside.</summary>
    private Task InsideAsync(Func<Task> code)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = _simulation.Start(async () =>
        {
            try
            {
                await code();
                done.SetResult();
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        });
        return done.Task;
    }
}
