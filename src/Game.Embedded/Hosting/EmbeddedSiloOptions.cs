using System.Reflection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Embedded;

/// <summary>What a silo is made of. Read once, when the silo is constructed.</summary>
public sealed class EmbeddedSiloOptions
{
    /// <summary>Name in logs, metrics and exceptions.</summary>
    public string SiloName { get; set; } = "silo";

    /// <summary>Constructs grains: their constructor parameters come from here. Registered <see cref="IIncomingGrainCallFilter"/>s apply to all grains.</summary>
    public IServiceProvider Services { get; set; } = EmptyServices.Instance;

    /// <summary>Scanned for grain classes.</summary>
    public IList<Assembly> GrainAssemblies { get; } = [];

    /// <summary>Grain classes beyond those of <see cref="GrainAssemblies"/>.</summary>
    public IList<Type> GrainTypes { get; } = [];

    /// <summary>How long a caller waits for a response. Positive; precise to about a tenth.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long OnActivateAsync may take before its token is cancelled.</summary>
    public TimeSpan ActivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long OnDeactivateAsync may take before its token is cancelled.</summary>
    public TimeSpan DeactivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an activation may be idle before it is collected, unless its class says otherwise.</summary>
    public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How often idle activations are looked for.</summary>
    public TimeSpan CollectionQuantum { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The clock of time-outs, timers, reminders and collection. Set from <see cref="Scheduler"/> if that is a simulation.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Where turns run.</summary>
    public TurnScheduler Scheduler { get; set; } = TurnScheduler.ThreadPool;

    public IReminderTable ReminderTable { get; set; } = new InMemoryReminderTable();

    /// <summary>The shortest period a reminder may have.</summary>
    public TimeSpan MinimumReminderPeriod { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Names of the stream providers; all keep their events in memory.</summary>
    public IList<string> StreamProviders { get; } = [];

    /// <summary>Most events given to a batch observer at once.</summary>
    public int StreamBatchSize { get; set; } = 100;

    /// <summary>Most events that may wait for one subscription of a stream; producing more is refused.</summary>
    public int StreamQueueLimit { get; set; } = 16_384;

    /// <summary>How long delivery of an event is tried before it is skipped and the observer told.</summary>
    public TimeSpan MaxEventDeliveryTime { get; set; } = TimeSpan.FromMinutes(1);

    public ILoggerFactory LoggerFactory { get; set; } = NullLoggerFactory.Instance;

    private sealed class EmptyServices : IServiceProvider
    {
        public static readonly EmptyServices Instance = new();

        public object? GetService(Type serviceType) => null;
    }
}
