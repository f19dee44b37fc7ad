namespace Game.Hosting.Streams;

/// <summary>
/// Dead-letters what an agent skips: Orleans leaves it out of what it says is delivered, so that nothing is committed past it before.
/// </summary>
internal sealed class KafkaFailureHandler(Func<KafkaReceiver?> receiver) : IStreamFailureHandler
{
    public bool ShouldFaultSubsriptionOnError => false;

    public Task OnDeliveryFailure(
        GuidId subscriptionId, string streamProviderName, StreamId streamIdentity, StreamSequenceToken? sequenceToken) =>
        sequenceToken is not null && receiver() is { } current
            ? current.PutAsideAsync(sequenceToken, "skipped: it could not be delivered in time")
            : Task.CompletedTask;

    /// <summary>The consumer did not say where it wants to begin: it begins where the queue is, and nothing is skipped.</summary>
    public Task OnSubscriptionFailure(
        GuidId subscriptionId, string streamProviderName, StreamId streamIdentity, StreamSequenceToken? sequenceToken) =>
        Task.CompletedTask;
}
