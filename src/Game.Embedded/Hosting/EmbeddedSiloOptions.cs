using System.Reflection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Embedded;

/// <summary>What an <see cref="EmbeddedSilo"/> is made of. Read once, when it is constructed; not to be changed after.</summary>
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

    /// <summary>Names of the stream providers that keep their events in memory.</summary>
    public IList<string> StreamProviders { get; } = [];

    /// <summary>What carries the events of further stream providers.</summary>
    public IList<IStreamTransport> StreamTransports { get; } = [];

    /// <summary>Most events given to a batch observer at once.</summary>
    public int StreamBatchSize { get; set; } = 100;

    /// <summary>Most events that may wait for one subscription of a stream; producing more is refused.</summary>
    public int StreamQueueLimit { get; set; } = 16_384;

    /// <summary>How long delivery of an event is tried before it is skipped and the observer told.</summary>
    public TimeSpan MaxEventDeliveryTime { get; set; } = TimeSpan.FromMinutes(1);

    public ILoggerFactory LoggerFactory { get; set; } = NullLoggerFactory.Instance;

    /// <exception cref="ArgumentException">With every reason why the options are unusable.</exception>
    internal void Validate()
    {
        var errors = new List<string>();
        if (string.IsNullOrWhiteSpace(SiloName))
        {
            errors.Add($"{nameof(SiloName)} is empty");
        }

        foreach (var (name, value) in new[]
        {
            (nameof(ResponseTimeout), ResponseTimeout),
            (nameof(ActivationTimeout), ActivationTimeout),
            (nameof(DeactivationTimeout), DeactivationTimeout),
            (nameof(CollectionAge), CollectionAge),
            (nameof(CollectionQuantum), CollectionQuantum),
            (nameof(MinimumReminderPeriod), MinimumReminderPeriod),
            (nameof(MaxEventDeliveryTime), MaxEventDeliveryTime),
        })
        {
            if (value <= TimeSpan.Zero)
            {
                errors.Add($"{name} is {value}, but must be positive");
            }
        }

        foreach (var (name, value) in new[]
        {
            (nameof(StreamBatchSize), StreamBatchSize),
            (nameof(StreamQueueLimit), StreamQueueLimit),
        })
        {
            if (value < 1)
            {
                errors.Add($"{name} is {value}, but must be at least 1");
            }
        }

        errors.AddRange(StreamProviders.Distinct().Concat(StreamTransports.Select(transport => transport.ProviderName))
            .GroupBy(name => name).Where(group => group.Count() > 1).Select(group => $"there are two stream providers '{group.Key}'"));
        errors.AddRange(GrainTypes.Where(type => !GrainClass.IsGrainClass(type)).Select(type => $"{type} is no grain class"));
        if (errors.Count > 0)
        {
            throw new ArgumentException($"Silo options: {string.Join("; ", errors)}.");
        }
    }

    internal IEnumerable<Type> FindGrainTypes() =>
        GrainAssemblies.SelectMany(assembly => assembly.GetTypes()).Where(GrainClass.IsGrainClass).Concat(GrainTypes).Distinct();

    private sealed class EmptyServices : IServiceProvider
    {
        public static readonly EmptyServices Instance = new();

        public object? GetService(Type serviceType) => null;
    }
}
