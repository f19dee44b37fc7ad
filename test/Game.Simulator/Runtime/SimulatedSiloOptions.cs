using System.Reflection;
using Orleans.Serialization.Invocation;

namespace Game.Simulator;

/// <summary>What a simulated silo is made of.</summary>
public sealed record SimulatedSiloOptions
{
    public required string Name { get; init; }

    public required SimulationScheduler Simulation { get; init; }

    /// <summary>Where grain classes are looked for.</summary>
    public required IReadOnlyList<Assembly> GrainAssemblies { get; init; }

    /// <summary>Where reminders are kept: the product's own table over durable items.</summary>
    public required IReminderTable Reminders { get; init; }

    /// <summary>Makes the grains that are not made of the silo's own services; null: this is none of them.</summary>
    public Func<Type, GrainId, Grain?>? Create { get; init; }

    /// <summary>The streams of each provider, by its name.</summary>
    public IReadOnlyDictionary<string, SimulatedStreams> Streams { get; init; } = new Dictionary<string, SimulatedStreams>();

    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan CollectionAge { get; init; } = TimeSpan.FromMinutes(15);

    public TimeSpan CollectionQuantum { get; init; } = TimeSpan.FromMinutes(1);

    public TimeSpan MinimumReminderPeriod { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Sees every request before it is sent, and may change its arguments: for planted defects.</summary>
    public Action<GrainId, IInvokable>? OnSending { get; init; }

    /// <summary>Sees every answer before it is sent back, and may send another one: for planted defects.</summary>
    public Func<Response, Response>? OnAnswering { get; init; }

    /// <summary>Hears of what a real silo would log as an error.</summary>
    public Action<string>? OnTrouble { get; init; }
}
