using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using RabbitMQ.Client;

namespace Game.Broadcast.RabbitMq;

/// <summary>
/// Exchanges and queues. A queue is replicated (quorum) and has one active consumer. A transient one is classic and belongs to the
/// connection that declares it, so that it ends with it and nothing keeps it on a node that is down; of several processes one has it. The queues
/// of one owner, which the last word of their names says, share a queue of dead letters. Safe for concurrent use.
/// </summary>
internal sealed partial class Topology(BrokerConnection connection, Declarer declarer)
{
    private const string Limit = "x-delivery-limit";
    private const string SingleActive = "x-single-active-consumer";

    /// <summary>
    /// Failures are counted by the consumer, for the broker counts also what a stopping consumer gives back. The broker's own
    /// limit is out of reach and only tells consumers what was declared. RabbitMQ 4 drops after 20 deliveries what has no limit: dead letters
    /// that were looked at so often, too.
    /// </summary>
    private const int LimitBase = 1_000_000;

    /// <summary>Of what is repeated anyway no more is kept than a shard that hangs for a minute misses.</summary>
    private const int TransientLength = 20_000;

    private readonly ConcurrentDictionary<string, QueueDeclaration> _declared = new(StringComparer.Ordinal);

    /// <summary>Queues that were gone and are not put back yet, or not said to be.</summary>
    private readonly ConcurrentDictionary<string, byte> _gone = new(StringComparer.Ordinal);

    private readonly SemaphoreSlim _counting = new(1, 1);
    private IChannel? _counter;

    public IEnumerable<string> Queues => _declared.Keys;

    /// <summary>Whether a queue that this process has declared should have got what was sent so.</summary>
    public bool Expects(string exchange, string routingKey) => _declared.Values.Any(queue => !queue.Transient && queue.Bindings.Any(
        binding => binding.Exchange == exchange && new TopicPattern(binding.Pattern).IsMatch(routingKey)));

    public static string DeadLettersOf(string queue) => $"game.dead-letters.{queue[(queue.LastIndexOf('.') + 1)..]}";

    public static Task DeclareExchangeAsync(IChannel channel, string exchange) =>
        channel.ExchangeDeclareAsync(exchange, ExchangeType.Topic, durable: true);

    /// <summary>Whether it failed because the queue is transient and another process's, or still one of an earlier connection of this one.</summary>
    public static bool IsTaken(Exception failure) => failure.InnerException is { } inner && BrokerErrors.Is(inner, BrokerErrors.Locked);

    /// <summary>Waits for a broker that is slow or away. A transient queue that is another process's is declared.</summary>
    /// <exception cref="BroadcastException">It exists otherwise, or the broker refuses the user.</exception>
    public async Task DeclareAsync(QueueDeclaration queue, CancellationToken stopping)
    {
        try
        {
            await declarer.DeclareAsync(queue.Name, channel => DeclareAsync(channel, queue), failure => Translate(queue, failure), stopping);
        }
        catch (BroadcastException failure) when (queue.Transient && IsTaken(failure))
        {
            // Its consumer here has its turn when the other one ends.
        }

        _declared[queue.Name] = queue;
    }

    /// <summary>Puts back a queue that this process has declared, should the broker have lost it.</summary>
    /// <returns>Whether it was gone.</returns>
    /// <exception cref="BroadcastException">It exists otherwise, or the broker is away.</exception>
    public async Task<bool> PutBackAsync(string queue)
    {
        if (await LookAsync(queue) is null)
        {
            _gone[queue] = 0;
        }

        try
        {
            await TryDeclareAsync(_declared[queue]);
        }
        catch (BroadcastException failure) when (IsTaken(failure))
        {
            return false;
        }

        return _gone.TryRemove(queue, out _);
    }

    /// <summary>Puts back what this process has declared of a queue, should the broker have lost it.</summary>
    /// <returns>The declaration; for a queue that another process declared, its limit and a default prefetch.</returns>
    /// <exception cref="BroadcastException">Nobody declared it, it is taken (<see cref="IsTaken"/>), or the broker is away.</exception>
    public async Task<QueueDeclaration> RestoreAsync(string queue)
    {
        if (_declared.TryGetValue(queue, out var declared))
        {
            await TryDeclareAsync(declared);
            return declared;
        }

        await CountReadyAsync(queue);
        try
        {
            // The broker tells a queue's arguments only to those who get them wrong.
            await declarer.TryDeclareAsync(
                channel => DeclareQueueAsync(channel, queue, new() { [Limit] = LimitBase, [SingleActive] = true }), _ => null);
        }
        catch (BroadcastException refusal) when (refusal.InnerException is { } inner && CurrentLimit(inner) is { } limit)
        {
            return new QueueDeclaration(queue, [], DeliveryLimit: limit);
        }

        throw new BroadcastException($"Queue {queue} is not one of this bus.");
    }

    /// <returns>The messages in a queue that no consumer holds; of a transient one of another process, 0.</returns>
    /// <exception cref="BroadcastException">There is no such queue, or the broker is away.</exception>
    public async Task<long> CountReadyAsync(string queue) =>
        (await LookAsync(queue) ?? throw new BroadcastException($"Queue {queue} has not been declared.")).Ready;

    /// <summary>
    /// Asked by name: a broker with much to do says "no consumers" also of a queue that has some, and one that was made again counts those
    /// it had before.
    /// </summary>
    /// <returns>Messages that no consumer holds, and consumers; null if there is no such queue.</returns>
    /// <exception cref="BroadcastException">The broker is away.</exception>
    public async Task<(long Ready, long Consumers)?> LookAsync(string queue)
    {
        // Depths of hundreds of queues are watched: a channel for each look would cost the broker more than the looks.
        await _counting.WaitAsync();
        try
        {
            if (_counter is not { IsOpen: true })
            {
                _counter = await connection.OpenChannelAsync();
            }

            var state = await _counter.QueueDeclarePassiveAsync(queue);
            return (state.MessageCount, state.ConsumerCount);
        }
        catch (Exception exception) when (BrokerErrors.IsBrokers(exception))
        {
            if (_counter is { } counter)
            {
                _counter = null;
                await counter.DisposeAsync();
            }

            return BrokerErrors.Is(exception, BrokerErrors.NotFound) ? null
                : BrokerErrors.Is(exception, BrokerErrors.Locked) ? (0, 1)
                : throw new BroadcastException($"Queue {queue} cannot be looked at: {BrokerErrors.Describe(exception)}", exception);
        }
        finally
        {
            _counting.Release();
        }
    }

    /// <summary>Empties a queue; consumers' unacknowledged messages stay.</summary>
    /// <returns>How many messages are gone; 0 if there is no such queue.</returns>
    /// <exception cref="BroadcastException">The broker is away.</exception>
    public async Task<long> PurgeAsync(string queue)
    {
        try
        {
            return await connection.UseChannelAsync(async channel => (long)await channel.QueuePurgeAsync(queue));
        }
        catch (BroadcastException refusal) when (refusal.InnerException is { } inner && BrokerErrors.Is(inner, BrokerErrors.NotFound))
        {
            // Never declared: nothing is in it.
            return 0;
        }
    }

    /// <summary>Sends a queue nothing more.</summary>
    /// <exception cref="BroadcastException">The broker is away.</exception>
    public Task UnbindAsync(QueueDeclaration queue) => connection.UseChannelAsync(async channel =>
    {
        foreach (var (exchange, pattern) in queue.Bindings)
        {
            await channel.QueueUnbindAsync(queue.Name, exchange, pattern);
        }

        return true;
    });

    /// <summary>Deletes a queue, whatever is in it; one that is not there is deleted.</summary>
    /// <exception cref="BroadcastException">The broker is away.</exception>
    public Task DeleteAsync(string queue) => connection.UseChannelAsync(channel => channel.QueueDeleteAsync(queue));

    public static BroadcastException? Missing(string queue, Exception failure) =>
        BrokerErrors.Is(failure, BrokerErrors.NotFound) ? new BroadcastException($"Queue {queue} has not been declared.", failure) : null;

    private Task TryDeclareAsync(QueueDeclaration queue) =>
        declarer.TryDeclareAsync(channel => DeclareAsync(channel, queue), failure => Translate(queue, failure));

    /// <summary>Answers are waited for only where they say something: the others come with them, in order, or end the channel.</summary>
    private static async Task DeclareAsync(IChannel channel, QueueDeclaration queue)
    {
        foreach (var exchange in queue.Bindings.Select(binding => binding.Exchange).Distinct())
        {
            await channel.ExchangeDeclareAsync(exchange, ExchangeType.Topic, durable: true, autoDelete: false, arguments: null, passive: false, noWait: true);
        }

        await DeclareQueueAsync(channel, DeadLettersOf(queue.Name), new() { [Limit] = LimitBase });
        if (!queue.Transient)
        {
            await DeclareQueueAsync(channel, queue.Name, new() { [Limit] = LimitBase + queue.DeliveryLimit, [SingleActive] = true });
        }
        else
        {
            await DeclareTransientAsync(channel, queue.Name);
        }

        for (var i = 0; i < queue.Bindings.Count; i++)
        {
            var (exchange, pattern) = queue.Bindings[i];
            await channel.QueueBindAsync(queue.Name, exchange, pattern, arguments: null, noWait: i < queue.Bindings.Count - 1);
        }
    }

    private static Task<QueueDeclareOk> DeclareQueueAsync(IChannel channel, string name, Dictionary<string, object?> arguments)
    {
        arguments["x-queue-type"] = "quorum";
        return channel.QueueDeclareAsync(name, durable: true, exclusive: false, autoDelete: false, arguments);
    }

    private static BroadcastException? Translate(QueueDeclaration queue, Exception failure) =>
        BrokerErrors.Is(failure, BrokerErrors.PreconditionFailed) ? Mismatch(queue, failure)
        : BrokerErrors.Is(failure, BrokerErrors.Locked) ? new BroadcastException($"Queue {queue.Name} is another connection's.", failure)
        : null;

    private static async Task DeclareTransientAsync(IChannel channel, string name) => await channel.QueueDeclareAsync(
        name,
        durable: false,
        exclusive: true,
        autoDelete: false,
        new Dictionary<string, object?> { ["x-queue-type"] = "classic", [SingleActive] = true, ["x-max-length"] = TransientLength });

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
