using System.Collections.Concurrent;

namespace Game.Broadcast.RabbitMq;

/// <summary>What becomes of a message that was looked at.</summary>
internal enum Look
{
    Keep,
    Remove,

    /// <summary>Removed, and nothing more is looked at.</summary>
    RemoveLast,
}

/// <summary>
/// Reads a queue that nobody consumes: takes its messages, looks, and gives back what was not removed. Until then others see
/// less of it, so of one queue one reader of a process works at a time.
/// </summary>
internal sealed class QueueReader(BrokerConnection connection, Topology topology, RabbitMqOptions options, TimeProvider clock)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(5);

    private readonly ConcurrentDictionary<string, SemaphoreSlim> _gates = new(StringComparer.Ordinal);

    /// <param name="queue">The queue.</param>
    /// <param name="look">Told each message in turn.</param>
    /// <returns>How many were removed.</returns>
    /// <exception cref="BroadcastException">There is no such queue, or the broker is away.</exception>
    public async Task<int> ReadAsync(string queue, Func<ReceivedMessage, ValueTask<Look>> look)
    {
        var gate = _gates.GetOrAdd(queue, _ => new SemaphoreSlim(1, 1));
        await gate.WaitAsync();
        try
        {
            var (seen, removed) = (0, 0);
            await connection.UseChannelAsync(
                async channel =>
                {
                    while (await channel.BasicGetAsync(queue, autoAck: false) is { } got)
                    {
                        seen++;
                        var said = await look(MessageFormat.Decode(
                            got.DeliveryTag, got.Exchange, got.RoutingKey, got.BasicProperties, got.Body.ToArray()));
                        if (said != Look.Keep)
                        {
                            await channel.BasicAckAsync(got.DeliveryTag, multiple: false);
                            removed++;
                        }

                        if (said == Look.RemoveLast)
                        {
                            break;
                        }
                    }

                    return true;
                },
                failure => Topology.Missing(queue, failure));

            // The channel's end gives them back, some time later.
            await WaitForAsync(queue, seen - removed);
            return removed;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <returns>How many messages wait in a queue while nobody reads it here.</returns>
    public async Task<long> CountAsync(string queue)
    {
        var gate = _gates.GetOrAdd(queue, _ => new SemaphoreSlim(1, 1));
        await gate.WaitAsync();
        try
        {
            return await topology.CountReadyAsync(queue);
        }
        finally
        {
            gate.Release();
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
}
