using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using RabbitMQ.Client;

namespace Game.Broadcast.RabbitMq;

/// <summary>
/// Exchanges and queues. A queue is replicated (quorum; a transient one is classic and lives as long as its node), has one active
/// consumer, and two queues beside it: its dead letters and what its consumer remembers of failures. Safe for concurrent use.
/// </summary>
/// <remarks>
/// Transient queues that are not exclusive have to be permitted from RabbitMQ 4.3 on
/// (<c>deprecated_features.permit.transient_nonexcl_queues = true</c>).
/// </remarks>
internal sealed partial class Topology(BrokerConnection connection)
{
    private const string Limit = "x-delivery-limit";
    private const string SingleActive = "x-single-active-consumer";

    /// <summary>
    /// Failures are counted by the consumer, for the broker counts also what a stopping consumer gives back. The broker's own
    /// limit is out of reach and only tells consumers what was declared.
    /// </summary>
    private const int LimitBase = 1_000_000;

    private readonly ConcurrentDictionary<string, QueueDeclaration> _declared = new(StringComparer.Ordinal);

    /// <summary>Queues that were gone and are not put back yet, or not said to be.</summary>
    private readonly ConcurrentDictionary<string, byte> _gone = new(StringComparer.Ordinal);

    private readonly SemaphoreSlim _counting = new(1, 1);
    private IChannel? _counter;

    public IEnumerable<string> Queues => _declared.Keys;

    /// <summary>Whether a queue that this process has declared should have got what was sent so.</summary>
    public bool Expects(string exchange, string routingKey) => _declared.Values.Any(queue => queue.Bindings.Any(
        binding => binding.Exchange == exchange && new TopicPattern(binding.Pattern).IsMatch(routingKey)));

    public static string DeadLettersOf(string queue) => $"{queue}.dead";

    public static string FailuresOf(string queue) => $"{queue}.failures";

    public static Task DeclareExchangeAsync(IChannel channel, string exchange) =>
        channel.ExchangeDeclareAsync(exchange, ExchangeType.Topic, durable: true);

    /// <exception cref="BroadcastException">It exists otherwise, or the broker is away.</exception>
    public async Task DeclareAsync(QueueDeclaration queue)
    {
        await connection.UseChannelAsync(
            async channel =>
            {
                foreach (var exchange in queue.Bindings.Select(binding => binding.Exchange).Distinct())
                {
                    await DeclareExchangeAsync(channel, exchange);
                }

                await DeclareQueueAsync(channel, DeadLettersOf(queue.Name), []);
                await DeclareQueueAsync(channel, FailuresOf(queue.Name), new() { ["x-max-length"] = 1 });
                if (queue.Transient)
                {
                    await channel.QueueDeclareAsync(
                        queue.Name,
                        durable: false,
                        exclusive: false,
                        autoDelete: false,
                        new Dictionary<string, object?> { ["x-queue-type"] = "classic", [SingleActive] = true });
                }
                else
                {
                    await DeclareQueueAsync(channel, queue.Name, new() { [Limit] = LimitBase + queue.DeliveryLimit, [SingleActive] = true });
                }

                foreach (var (exchange, pattern) in queue.Bindings)
                {
                    await channel.QueueBindAsync(queue.Name, exchange, pattern);
                }

                return true;
            },
            failure => BrokerErrors.Is(failure, BrokerErrors.PreconditionFailed) ? Mismatch(queue, failure) : null);
        _declared[queue.Name] = queue;
    }

    /// <summary>Puts back a queue that this process has declared, should the broker have lost it.</summary>
    /// <returns>Whether it was gone.</returns>
    /// <exception cref="BroadcastException">It exists otherwise, or the broker is away.</exception>
    public async Task<bool> PutBackAsync(string queue)
    {
        if (await IsGoneAsync(queue))
        {
            _gone[queue] = 0;
        }

        await DeclareAsync(_declared[queue]);
        return _gone.TryRemove(queue, out _);
    }

    /// <summary>Puts back what this process has declared of a queue, should the broker have lost it.</summary>
    /// <returns>The declaration; for a queue that another process declared, its limit and a default prefetch.</returns>
    /// <exception cref="BroadcastException">Nobody declared it, or the broker is away.</exception>
    public async Task<QueueDeclaration> RestoreAsync(string queue)
    {
        if (_declared.TryGetValue(queue, out var declared))
        {
            await DeclareAsync(declared);
            return declared;
        }

        await CountReadyAsync(queue);

        try
        {
            // The broker tells a queue's arguments only to those who get them wrong.
            await connection.UseChannelAsync(async channel =>
            {
                await DeclareQueueAsync(channel, queue, new() { [Limit] = LimitBase, [SingleActive] = true });
                return true;
            });
        }
        catch (BroadcastException refusal) when (refusal.InnerException is { } inner && CurrentLimit(inner) is { } limit)
        {
            return new QueueDeclaration(queue, [], DeliveryLimit: limit);
        }

        throw new BroadcastException($"Queue {queue} is not one of this bus.");
    }

    /// <returns>The messages in a queue that no consumer holds.</returns>
    /// <exception cref="BroadcastException">There is no such queue, or the broker is away.</exception>
    public async Task<long> CountReadyAsync(string queue)
    {
        // Depths of hundreds of queues are watched: a channel for each look would cost the broker more than the looks.
        await _counting.WaitAsync();
        try
        {
            if (_counter is not { IsOpen: true })
            {
                _counter = await connection.OpenChannelAsync();
            }

            return (await _counter.QueueDeclarePassiveAsync(queue)).MessageCount;
        }
        catch (Exception exception) when (BrokerErrors.IsBrokers(exception))
        {
            if (_counter is { } counter)
            {
                _counter = null;
                await counter.DisposeAsync();
            }

            throw Missing(queue, exception) ?? new BroadcastException($"Queue {queue} cannot be looked at: {BrokerErrors.Describe(exception)}", exception);
        }
        finally
        {
            _counting.Release();
        }
    }

    /// <summary>Empties a queue and the two beside it; consumers' unacknowledged messages stay.</summary>
    /// <returns>How many messages are gone; 0 if there is no such queue.</returns>
    /// <exception cref="BroadcastException">The broker is away.</exception>
    public async Task<long> PurgeAsync(string queue)
    {
        var purged = 0L;
        foreach (var name in new[] { queue, DeadLettersOf(queue), FailuresOf(queue) })
        {
            try
            {
                purged += await connection.UseChannelAsync(async channel => (long)await channel.QueuePurgeAsync(name));
            }
            catch (BroadcastException refusal) when (refusal.InnerException is { } inner && BrokerErrors.Is(inner, BrokerErrors.NotFound))
            {
                // Never declared: nothing is in it.
            }
        }

        return purged;
    }

    public static BroadcastException? Missing(string queue, Exception failure) =>
        BrokerErrors.Is(failure, BrokerErrors.NotFound) ? new BroadcastException($"Queue {queue} has not been declared.", failure) : null;

    /// <summary>
    /// Asked by name: a broker with much to do says "no consumers" also of a queue that has some, and one that was made again counts those
    /// it had before.
    /// </summary>
    private async Task<bool> IsGoneAsync(string queue)
    {
        try
        {
            await CountReadyAsync(queue);
            return false;
        }
        catch (BroadcastException refusal) when (refusal.InnerException is { } inner && BrokerErrors.Is(inner, BrokerErrors.NotFound))
        {
            return true;
        }
    }

    private static Task<QueueDeclareOk> DeclareQueueAsync(IChannel channel, string name, Dictionary<string, object?> arguments)
    {
        arguments["x-queue-type"] = "quorum";
        return channel.QueueDeclareAsync(name, durable: true, exclusive: false, autoDelete: false, arguments);
    }

    /// <summary>Says both sides: what is there, and what was wanted.</summary>
    private static BroadcastException Mismatch(QueueDeclaration queue, Exception refusal)
    {
        var said = BrokerErrors.Describe(refusal);
        var message = CurrentLimit(refusal) is { } current
            ? $"Queue {queue.Name} exists with a delivery limit of {current}; {queue.DeliveryLimit} was declared."
            : Difference().Match(said) is { Success: true } match
                ? $"{(match.Groups[2].Value == "queue" ? "Queue" : "Exchange")} {match.Groups[3].Value} exists with {match.Groups[1].Value} {match.Groups[5].Value}; "
                    + $"{match.Groups[4].Value} was declared. Delete it or rename one of them."
                : $"Queue {queue.Name} exists with other settings: {said}";
        return new BroadcastException(message, refusal);
    }

    private static int? CurrentLimit(Exception refusal) =>
        LimitInRefusal().Match(BrokerErrors.Describe(refusal)) is { Success: true } match ? int.Parse(match.Groups[1].Value, null) - LimitBase : null;

    [GeneratedRegex("inequivalent arg '([^']+)' for (queue|exchange) '([^']+)' in vhost '[^']*': received (.+) but current is (.+)$", RegexOptions.Singleline)]
    private static partial Regex Difference();

    [GeneratedRegex($"{Limit}.*current is '?([0-9]+)", RegexOptions.Singleline)]
    private static partial Regex LimitInRefusal();
}
