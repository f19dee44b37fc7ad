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

    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan CollectionAge { get; init; } = TimeSpan.FromMinutes(15);

    public TimeSpan CollectionQuantum { get; init; } = TimeSpan.FromMinutes(1);

    public TimeSpan MinimumReminderPeriod { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan MaxEventDeliveryTime { get; init; } = TimeSpan.FromMinutes(1);
}
