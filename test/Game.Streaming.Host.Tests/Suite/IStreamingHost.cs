using Game.Streaming.Kafka;

namespace Game.Streaming.Host.Tests.Suite;

/// <summary>A running silo in this process with <see cref="HappeningGrain"/> and one stream provider over Kafka.</summary>
public interface IStreamingHost : IAsyncDisposable
{
    IStreamProvider Streams { get; }

    /// <summary>Shuts down in good order.</summary>
    Task StopAsync();

    /// <summary>Ends as hard as it can within one process.</summary>
    Task KillAsync();
}

/// <summary>How a test wants its host.</summary>
/// <param name="Configure">Sets the provider's options.</param>
/// <param name="MaxEventDeliveryTime">How long a delivery is tried.</param>
public sealed record StreamingSettings(Action<KafkaStreamOptions> Configure, TimeSpan MaxEventDeliveryTime);
