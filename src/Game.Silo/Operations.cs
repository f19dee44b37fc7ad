using System.Globalization;
using System.Text.Json;
using Game.Broadcast;
using Game.Contracts.Analytics;
using Game.Contracts.Broadcast;
using Game.Domain.Economy;
using Game.Gateway;
using Game.Grains.Broadcast;
using Game.Grains.EventSourcing;
using Game.Silo.Kafka;
using Game.Streaming.Kafka;

namespace Game.Silo;

/// <summary>What the console shows of this process's shards.</summary>
internal sealed class Operations(World world, AuditLog audit) : IOperations
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly EventCodec _codec = EventCodec.ForGame();
    private readonly GoldLedger _ledger = new();
    private readonly Dictionary<string, long> _read = [];
    private readonly SemaphoreSlim _reading = new(1);

    public Action<IApplicationBuilder>? Dashboard { get; } = world.Dashboard;

    public IReadOnlyList<RouteStatus> Routes => world.Routes;

    public async Task<IReadOnlyList<ShardStatus>> GetShardsAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(world.Shards.Select(shard => GetShardAsync(shard, cancellationToken)));

    public BusStatus Bus
    {
        get
        {
            var health = world.Bus.Health;
            return new BusStatus(health.Connected, health.Trouble, health.Blocked, health.Unconfirmed);
        }
    }

    public Task<IReadOnlyList<TopicStatus>> GetTopicsAsync(CancellationToken cancellationToken) =>
        TopicLetters.CountAsync(world.DeadLetters, Patience, cancellationToken);

    public Task<IReadOnlyList<DeadLetterStatus>> ListDeadLettersAsync(
        string queue, long after, int count, CancellationToken cancellationToken) => WithQueueAsync(
            queue,
            shelf => TopicLetters.ListAsync(shelf, after, count, cancellationToken),
            async Task<IReadOnlyList<DeadLetterStatus>> () => [.. (await world.Bus.ListDeadLettersAsync(queue, after, count, cancellationToken)).Select(Describe)],
            []);

    public Task<DeadLetterDetail?> FindDeadLetterAsync(string queue, long id, CancellationToken cancellationToken) => WithQueueAsync(
        queue,
        shelf => TopicLetters.FindAsync(shelf, id, cancellationToken),
        async () => await world.Bus.ListDeadLettersAsync(queue, id - 1, 1, cancellationToken) is [var letter] && letter.Id == id ? Detail(letter) : null,
        null);

    public Task<bool> ReplayDeadLetterAsync(string queue, long id, CancellationToken cancellationToken) =>
        WithQueueAsync(
            queue,
            shelf => shelf.ReplayAsync(id, cancellationToken),
            () => world.Bus.ReplayDeadLetterAsync(queue, id, cancellationToken).AsTask(),
            false);

    public Task<bool> DiscardDeadLetterAsync(string queue, long id, CancellationToken cancellationToken) =>
        WithQueueAsync(
            queue,
            shelf => shelf.DiscardAsync(id, cancellationToken),
            () => world.Bus.DiscardDeadLetterAsync(queue, id, cancellationToken).AsTask(),
            false);

    public Task RecordAsync(AuditEntry entry, CancellationToken cancellationToken) => audit.WriteAsync(entry, cancellationToken);

    public Task<IReadOnlyList<AuditEntry>> ListAuditAsync(int count, CancellationToken cancellationToken) => audit.ReadAsync(count, cancellationToken);

    /// <summary>Reads on from where the last call ended, so that the logs are folded once.</summary>
    public async Task<LedgerStatus> GetLedgerAsync(CancellationToken cancellationToken)
    {
        const int Page = 2000;
        await _reading.WaitAsync(cancellationToken);
        try
        {
            foreach (var shard in world.Shards)
            {
                while (true)
                {
                    var events = await world.StoreOf(shard).ReadAllAsync(_read.GetValueOrDefault(shard), Page, cancellationToken);
                    foreach (var stored in events)
                    {
                        _ledger.Add(StreamName.KeyOf(stored.Stream), _codec.Decode(stored));
                        _read[shard] = stored.Position;
                    }

                    if (events.Count < Page)
                    {
                        break;
                    }
                }
            }

            return new LedgerStatus(
                _ledger.Minted, _ledger.Wallets, _ledger.Treasuries, _ledger.Escrow, _ledger.InTransit, _ledger.Balanced);
        }
        finally
        {
            _reading.Release();
        }
    }

    private async Task<ShardStatus> GetShardAsync(string shard, CancellationToken cancellationToken)
    {
        var (queues, noQueues) = await GetQueuesAsync(shard, cancellationToken);
        if (!world.TryGet(shard, out var grains))
        {
            return new ShardStatus(shard, false, "The shard is not running.", [], queues);
        }

        try
        {
            var publishers = await Task.WhenAll(BroadcastRoutes.All.Select(
                route => grains.GetGrain<IBroadcastPublisherGrain>(route).GetStatusAsync())).WaitAsync(Patience, cancellationToken);
            var relay = world.Events is { } events
                ? await grains.GetGrain<IEventRelayGrain>(events.Name).GetStatusAsync().WaitAsync(Patience, cancellationToken)
                : null;
            var inbox = await grains.GetGrain<IBroadcastInboxGrain>(shard).GetStatusAsync().WaitAsync(Patience, cancellationToken);
            var actions = await grains.GetGrain<IActionRelayGrain>(shard).GetStatusAsync().WaitAsync(Patience, cancellationToken);
            return new ShardStatus(shard, true, noQueues ?? world.Bus.Health.Trouble, publishers, queues, relay, inbox, actions);
        }
        catch (TimeoutException)
        {
            return new ShardStatus(shard, false, "The publishers do not answer.", [], queues);
        }
        catch (Exception exception) when (exception is EventStore.EventStoreException or OrleansException)
        {
            return new ShardStatus(shard, false, exception.Message, [], queues);
        }
    }

    /// <summary>A shard plays on without the bus: its log keeps what others have to hear.</summary>
    private async Task<(IReadOnlyList<QueueStatus> Queues, string? Trouble)> GetQueuesAsync(string shard, CancellationToken cancellationToken)
    {
        try
        {
            var queues = await Task.WhenAll(ShardQueues.Of(shard).Select(async queue =>
            {
                var depth = await world.Bus.GetDepthAsync(queue.Name, cancellationToken);
                return new QueueStatus(queue.Name, depth.Ready, depth.Unacknowledged, depth.DeadLetters);
            })).WaitAsync(Patience, cancellationToken);
            return (queues, null);
        }
        catch (Exception exception) when (exception is BroadcastException or TimeoutException)
        {
            return ([], exception is TimeoutException ? "The bus does not answer." : exception.Message);
        }
    }

    private static DeadLetterStatus Describe(DeadLetter letter) => new(
        letter.Id,
        letter.Message.Id,
        letter.Message.Type,
        $"{letter.Message.SourceShard} {letter.Message.SourceStream}",
        letter.Message.RoutingKey,
        letter.Reason,
        letter.At,
        letter.Deliveries);

    private static DeadLetterDetail Detail(DeadLetter letter)
    {
        var message = letter.Message;
        var headers = new Dictionary<string, string>
        {
            ["exchange"] = message.Exchange,
            ["routing-key"] = message.RoutingKey,
            ["message-id"] = message.Id,
            ["type"] = message.Type,
            ["schema-version"] = message.SchemaVersion.ToString(CultureInfo.InvariantCulture),
            ["source-shard"] = message.SourceShard,
            ["source-position"] = message.SourcePosition.ToString(CultureInfo.InvariantCulture),
            ["source-stream"] = message.SourceStream,
            ["priority"] = message.Priority.ToString(CultureInfo.InvariantCulture),
        };
        if (message.TraceParent is { } trace)
        {
            headers["traceparent"] = trace;
        }

        if (message.Link is { } link)
        {
            headers["chain"] = string.Create(CultureInfo.InvariantCulture, $"{link.Chain} {link.Place} after {link.Previous}");
        }

        return Detail(Describe(letter), headers, message.Body);
    }

    /// <summary>With the body as JSON, or as it is.</summary>
    internal static DeadLetterDetail Detail(DeadLetterStatus letter, IReadOnlyDictionary<string, string> headers, ReadOnlyMemory<byte> content)
    {
        JsonElement? body = null;
        try
        {
            body = JsonDocument.Parse(content).RootElement;
        }
        catch (JsonException)
        {
            // No JSON: shown as it is.
        }

        return new DeadLetterDetail(letter, headers, content.Length, body, body is null ? Convert.ToBase64String(content.Span) : null);
    }

    /// <summary>Answers for topics, and for queues of this process's shards alone.</summary>
    /// <exception cref="OperationUnavailableException">The bus, or Kafka, is away.</exception>
    private async Task<T> WithQueueAsync<T>(string queue, Func<DeadLetterShelf, Task<T>> askTopic, Func<Task<T>> ask, T unknown)
    {
        if (world.DeadLetters?.GetValueOrDefault(queue) is { } shelf)
        {
            return await TopicLetters.AskAsync(() => askTopic(shelf));
        }

        if (!world.Shards.SelectMany(ShardQueues.Of).Any(declaration => declaration.Name == queue))
        {
            return unknown;
        }

        try
        {
            return await ask();
        }
        catch (BroadcastException exception)
        {
            throw new OperationUnavailableException(exception.Message, exception);
        }
    }
}
