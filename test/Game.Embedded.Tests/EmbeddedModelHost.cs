using Game.GrainModel.Conformance;

namespace Game.Embedded.Tests;

/// <summary>The embedded host as the conformance suite sees it.</summary>
internal sealed class EmbeddedModelHost : IGrainModelHost
{
    private readonly InMemoryReminderTable _reminders = new();
    private readonly GrainModelSettings _settings;
    private EmbeddedSilo _silo;

    private EmbeddedModelHost(GrainModelSettings settings)
    {
        _settings = settings;
        _silo = CreateSilo();
    }

    public IGrainFactory GrainFactory => _silo.GrainFactory;

    public IStreamProvider Streams => _silo.GetStreamProvider(GrainModelSettings.StreamProvider);

    public static async ValueTask<IGrainModelHost> StartAsync(GrainModelSettings settings)
    {
        var host = new EmbeddedModelHost(settings);
        await host._silo.StartAsync();
        return host;
    }

    public Task StopAsync() => _silo.StopAsync();

    public async Task RestartAsync()
    {
        await _silo.StopAsync();
        await _silo.DisposeAsync();
        _silo = CreateSilo();
        await _silo.StartAsync();
    }

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    private EmbeddedSilo CreateSilo() => new(new EmbeddedSiloOptions
    {
        GrainAssemblies = { typeof(GrainModelSuite).Assembly },
        StreamProviders = { GrainModelSettings.StreamProvider },
        ReminderTable = _reminders,
        ResponseTimeout = _settings.ResponseTimeout,
        CollectionAge = _settings.CollectionAge,
        CollectionQuantum = _settings.CollectionQuantum,
        MinimumReminderPeriod = _settings.MinimumReminderPeriod,
        MaxEventDeliveryTime = _settings.MaxEventDeliveryTime,
    });
}
