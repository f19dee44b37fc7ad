
namespace Game.Broadcast.RabbitMq;

/// <summary>
/// Reads a queue that nobody consumes: takes its messages, looks, and gives back what was not removed. Until then others see
/// less of it, so one reader of a process works at a time.
/// </summary>
internal sealed class QueueReader(BrokerConnection connection, Topology topology, RabbitMqOptions options, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(5);

    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <param name="queue">The queue.</param>
    /// <param name="remove">Told each message in turn; what it returns true for is removed, and ends the reading.</param>
    /// <returns>The messages that were seen, and whether one was removed.</returns>
    /// <exception cref="BroadcastException">There is no such queue, or the broker is away.</exception>
    public async Task<(IReadOnlyList<ReceivedMessage> Seen, bool Removed)> ReadAsync(string queue, Func<ReceivedMessage, Task<bool>>? remove = null)
    {
        await _gate.WaitAsync();
        try
        {
            var seen = new List<ReceivedMessage>();
            var removed = await connection.UseChannelAsync(
                async channel =>
                {
                    while (await channel.BasicGetAsync(queue, autoAck: false) is { } got)
                    {
                        var message = MessageFormat.Decode(
                            got.DeliveryTag, got.Exchange, got.RoutingKey, got.BasicProperties, got.Body.ToArray());
                        seen.Add(message);
                        if (remove is not null && await remove(message))
                        {
                            await channel.BasicAckAsync(got.DeliveryTag, multiple: false);
                            return true;
                        }
                    }

                    return false;
                },
                failure => Topology.Missing(queue, failure));

            // The channel's end gives them back, some time later.
            await WaitForAsync(queue, seen.Count - (removed ? 1 : 0));
            return (seen, removed);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <returns>How many messages wait in a queue while nobody reads it here.</returns>
    public async Task<long> CountAsync(string queue)
    {
        await _gate.WaitAsync();
        try
        {
            return await topology.CountReadyAsync(queue);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Returns when so many messages are back in a queue, or not all came back in time: somebody else has them then.</summary>
    public async Task WaitForAsync(string queue, long count)
    {
        var started = clock.GetTimestamp();
        while (count > 0 && clock.GetElapsedTime(started) < options.RequestTimeout / 10 && await topology.CountReadyAsync(queue) < count)
        {
            await Task.Delay(LookAgain, clock);
        }
    }

    public void Dispose() => _gate.Dispose();
}
