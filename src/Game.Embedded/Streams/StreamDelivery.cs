namespace Game.Embedded;

/// <summary>Hands events to the observer that the grain has attached, in the grain's turn.</summary>
internal sealed class StreamDelivery(MemoryStreamProvider provider, StreamId streamId, IReadOnlyList<StreamBatch> batches) : TaskRequest
{
    public static readonly RequestMethod DeliverMethod = RequestMethod.Internal("IStreamConsumer", "DeliverAsync", isOneWay: false);

    /// <summary>How many of the batches the observer has taken, from the first on.</summary>
    public int Delivered { get; private set; }

    protected override async Task Call(object target)
    {
        RequestContext.Values = batches[0].Context;
        var consumer = await StreamConsumers.FindAsync((Activation)Target!, provider, streamId);
        if (consumer is null)
        {
            // As on Orleans: what nobody observes counts as delivered.
            return;
        }

        if (consumer.TakesBatches)
        {
            await consumer.DeliverAsync(batches);
            Delivered = batches.Count;
            return;
        }

        while (Delivered < batches.Count)
        {
            await consumer.DeliverAsync([batches[Delivered]]);
            Delivered++;
        }
    }
}

/// <summary>Tells the observer that events were skipped.</summary>
internal sealed class StreamErrorDelivery(MemoryStreamProvider provider, StreamId streamId, Exception failure) : TaskRequest
{
    public static readonly RequestMethod ErrorMethod = RequestMethod.Internal("IStreamConsumer", "ErrorAsync", isOneWay: false);

    protected override async Task Call(object target)
    {
        if (await StreamConsumers.FindAsync((Activation)Target!, provider, streamId) is { } consumer)
        {
            await consumer.ErrorAsync(failure);
        }
    }
}
