using Game.Broadcast.InProcess;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Broadcast.Tests;

/// <summary>A temporary directory with a bus file in it, and the settings tests use: redelivery at once.</summary>
public sealed class BusDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bus-");

    public string File => Path.Combine(_directory.FullName, "bus.db");

    public InProcessBusOptions Options => new()
    {
        Path = File,
        RedeliveryDelay = TimeSpan.FromMilliseconds(1),
        MaxRedeliveryDelay = TimeSpan.FromMilliseconds(5),
    };

    public InProcessBus Open(TimeProvider? clock = null, Func<InProcessBusOptions, InProcessBusOptions>? configure = null) =>
        InProcessBus.Open(configure is null ? Options : configure(Options), clock ?? TimeProvider.System, NullLogger<InProcessBus>.Instance);

    public void Dispose() => _directory.Delete(recursive: true);
}
