namespace Game.GrainModel.Conformance;

/// <summary>A running host of the grain model, in this process, with the grain classes of this assembly.</summary>
public interface IGrainModelHost : IAsyncDisposable
{
    IGrainFactory GrainFactory { get; }

    /// <summary>The provider named <see cref="GrainModelSettings.StreamProvider"/>.</summary>
    IStreamProvider Streams { get; }

    /// <summary>Shuts down in good order and does not start again.</summary>
    Task StopAsync();

    /// <summary>Shuts down in good order and starts anew over the same reminders; references got before are void.</summary>
    Task RestartAsync();
}

/// <summary>How a suite wants its host.</summary>
public sealed record GrainModelSettings
{
    public const string StreamProvider = "events";

    /// <summary>The shard that all keys name: reminders are kept by shard.</summary>
    public const string Shard = "s01";

    /// <summary>
    /// How long a test waits for what must come: only so that one that hangs says where. After a stall the limit and what is awaited are
    /// due at once, so it is longer than any stall.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Calls are held at gates, through several steps of a test.</summary>
    public TimeSpan ResponseTimeout { get; init; } = Patience;

    public TimeSpan CollectionAge { get; init; } = TimeSpan.FromMinutes(15);

    public TimeSpan CollectionQuantum { get; init; } = TimeSpan.FromMinutes(1);

    public TimeSpan MinimumReminderPeriod { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan MaxEventDeliveryTime { get; init; } = TimeSpan.FromMinutes(1);
}
