using System.Globalization;
using System.Text;
using RabbitMQ.Client;
using static Game.Broadcast.MessageHeaders;

namespace Game.Broadcast.RabbitMq;

/// <summary>
/// A message in AMQP properties: id, type and priority where AMQP has a place for them, the rest in headers. A message that
/// is put into a queue by name keeps where it was first sent in headers.
/// </summary>
internal static class MessageFormat
{
    /// <summary>
    /// Consumers drop, and count, what is too old. The broker drops later, and only what nobody consumes, so that clocks may
    /// differ by this much.
    /// </summary>
    private static readonly TimeSpan ExpiryMargin = TimeSpan.FromMinutes(1);

    public static BasicProperties Encode(BroadcastMessage message, DateTimeOffset now)
    {
        var properties = new BasicProperties
        {
            MessageId = message.Id,
            Type = message.Type,
            Priority = message.Priority,
            Persistent = true,
            Headers = new Dictionary<string, object?>
            {
                [SourceShard] = message.SourceShard,
                [SourcePosition] = message.SourcePosition,
                [SourceStream] = message.SourceStream,
                [SchemaVersion] = message.SchemaVersion,
            },
        };
        if (message.TraceParent is { } trace)
        {
            properties.Headers[TraceParent] = trace;
        }

        if (message.Link is { } link)
        {
            properties.Headers[Chain] = link.Chain;
            properties.Headers[ChainPlace] = link.Place;
            properties.Headers[ChainPrevious] = link.Previous;
        }

        if (message.TimeToLive is { } ttl)
        {
            properties.Headers[TimeToLive] = (long)ttl.TotalMilliseconds;
            properties.Headers[PublishedAt] = now.ToUnixTimeMilliseconds();
            properties.Expiration = ((long)(ttl + ExpiryMargin).TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        }

        return properties;
    }

    public static ReceivedMessage Decode(ulong tag, string exchange, string routingKey, IReadOnlyBasicProperties properties, byte[] body)
    {
        var headers = properties.Headers ?? new Dictionary<string, object?>();
        var shard = Text(headers, SourceShard);
        var stream = Text(headers, SourceStream);
        var ttl = Number(headers, TimeToLive);
        var missing = properties.MessageId is null ? "message-id" : properties.Type is null ? "type"
            : shard is null ? SourceShard : stream is null ? SourceStream
            : Number(headers, SourcePosition) is null ? SourcePosition : Number(headers, SchemaVersion) is null ? SchemaVersion : null;
        var message = new BroadcastMessage(
            properties.MessageId ?? "",
            Text(headers, Exchange) ?? exchange,
            Text(headers, RoutingKey) ?? routingKey,
            shard ?? "",
            Number(headers, SourcePosition) ?? 0,
            stream ?? "",
            properties.Type ?? "",
            (int)(Number(headers, SchemaVersion) ?? 0),
            body,
            ttl is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null,
            properties.Priority,
            Text(headers, TraceParent),
            LinkOf(headers));
        return new ReceivedMessage
        {
            Tag = tag,
            Message = message,
            Headers = headers,
            Complaint = missing is not null ? $"The message has no {missing}."
                : body.Length > BroadcastMessage.MaxBodyBytes ? $"The body has {body.Length} bytes; at most {BroadcastMessage.MaxBodyBytes} are taken."
                : null,
            ExpiresAt = ttl is null || Number(headers, PublishedAt) is not { } published
                ? null
                : DateTimeOffset.FromUnixTimeMilliseconds(published).AddMilliseconds(ttl.Value),
            FailureKey = $"{properties.MessageId}#{Number(headers, Replays) ?? 0}",
        };
    }

    /// <summary>The message as it came, for the dead letters, where nothing expires.</summary>
    public static BasicProperties Bury(ReceivedMessage received, string queue, long id, string reason, int deliveries)
    {
        var properties = Move(received, queue);
        properties.Headers![DeadId] = id;
        properties.Headers[DeadReason] = reason;
        properties.Headers[DeadDeliveries] = deliveries;
        return properties;
    }

    /// <summary>The message as it is, as a dead letter of a queue.</summary>
    public static BasicProperties Move(ReceivedMessage received, string queue)
    {
        var properties = Forward(received);
        properties.Headers![DeadQueue] = queue;
        return properties;
    }

    /// <returns>The queue that a dead letter is of; null: it is none.</returns>
    public static string? QueueOf(ReceivedMessage buried) => Text(buried.Headers, DeadQueue);

    /// <summary>A note of how often a message of a queue has failed.</summary>
    public static BasicProperties Note(string queue, string key, int failures, DateTimeOffset now) => new()
    {
        Persistent = true,
        Headers = new Dictionary<string, object?>
        {
            [FailuresIn] = queue,
            [FailuresOf] = key,
            [Failures] = failures,
            [FailedAt] = now.ToUnixTimeMilliseconds(),
        },
    };

    /// <returns>What a note says; null: it is none.</returns>
    public static (string Queue, string Key, int Failures, DateTimeOffset At)? NoteOf(ReceivedMessage received) =>
        Text(received.Headers, FailuresIn) is { } queue && Text(received.Headers, FailuresOf) is { } key
            && Number(received.Headers, Failures) is { } failures && Number(received.Headers, FailedAt) is { } at
            ? (queue, key, (int)failures, DateTimeOffset.FromUnixTimeMilliseconds(at))
            : null;

    /// <summary>A dead letter as it goes back to its queue: failures are counted anew.</summary>
    public static BasicProperties Revive(ReceivedMessage buried)
    {
        var properties = Forward(buried);
        properties.Headers![Replays] = (Number(buried.Headers, Replays) ?? 0) + 1;
        properties.Headers.Remove(DeadQueue);
        properties.Headers.Remove(DeadId);
        properties.Headers.Remove(DeadReason);
        properties.Headers.Remove(DeadDeliveries);
        properties.Headers.Remove(Chain);
        properties.Headers.Remove(ChainPlace);
        properties.Headers.Remove(ChainPrevious);
        properties.Headers.Remove(TimeToLive);
        properties.Headers.Remove(PublishedAt);
        return properties;
    }

    /// <returns>The letter; its id is the microsecond it was buried in.</returns>
    public static DeadLetter Exhume(ReceivedMessage buried)
    {
        var id = Number(buried.Headers, DeadId) ?? 0;
        return new DeadLetter(
            id,
            buried.Message,
            Text(buried.Headers, DeadReason) ?? "",
            DateTimeOffset.UnixEpoch.AddMicroseconds(id),
            (int)(Number(buried.Headers, DeadDeliveries) ?? 0));
    }

    private static BasicProperties Forward(ReceivedMessage received)
    {
        var message = received.Message;
        return new BasicProperties
        {
            MessageId = message.Id,
            Type = message.Type,
            Priority = message.Priority,
            Persistent = true,
            Headers = new Dictionary<string, object?>(received.Headers)
            {
                [Exchange] = message.Exchange,
                [RoutingKey] = message.RoutingKey,
            },
        };
    }

    private static MessageLink? LinkOf(IDictionary<string, object?> headers) =>
        Text(headers, Chain) is { } chain && Number(headers, ChainPlace) is { } place && Number(headers, ChainPrevious) is { } previous
            ? new MessageLink(chain, place, previous)
            : null;

    private static string? Text(IDictionary<string, object?> headers, string name) =>
        headers.TryGetValue(name, out var value)
            ? value switch
            {
                byte[] bytes => Encoding.UTF8.GetString(bytes),
                string text => text,
                _ => null,
            }
            : null;

    private static long? Number(IDictionary<string, object?> headers, string name) =>
        headers.TryGetValue(name, out var value)
            ? value switch
            {
                long number => number,
                int number => number,
                _ => null,
            }
            : null;
}
