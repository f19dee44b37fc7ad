using System.Text;

namespace Game.Broadcast;

/// <summary>What a bus accepts, the same for every implementation; names are bounded by what AMQP 0-9-1 carries.</summary>
public static class BroadcastLimits
{
    /// <summary>UTF-8 bytes of an exchange's or queue's name.</summary>
    public const int MaxNameBytes = 127;

    /// <summary>UTF-8 bytes of a routing key or pattern, message id, type, source shard and source stream.</summary>
    public const int MaxKeyBytes = 255;

    public const int MaxBindings = 64;
    public const int MaxPrefetch = 1024;
    public const int MaxDeliveryLimit = 100;
    public const int MaxDeadLetterPage = 1000;
    public const byte MaxPriority = 9;
    public static readonly TimeSpan MaxTimeToLive = TimeSpan.FromDays(30);

    /// <exception cref="ArgumentException">A field is outside its limits; the message names both.</exception>
    public static void ThrowIfInvalid(BroadcastMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        ThrowIfNotAName(message.Exchange, nameof(message.Exchange));
        ThrowIfNotAKey(message.RoutingKey, nameof(message.RoutingKey));
        ThrowIfNotAKey(message.Id, nameof(message.Id));
        ThrowIfNotAKey(message.Type, nameof(message.Type));
        ThrowIfNotAKey(message.SourceShard, nameof(message.SourceShard));
        ThrowIfNotAKey(message.SourceStream, nameof(message.SourceStream));
        Require(message.SourcePosition >= 0, nameof(message.SourcePosition), "≥ 0");
        Require(message.Body.Length <= BroadcastMessage.MaxBodyBytes, nameof(message.Body), $"at most {BroadcastMessage.MaxBodyBytes} bytes");
        Require(message.Priority <= MaxPriority, nameof(message.Priority), $"0–{MaxPriority}");
        Require(
            message.TimeToLive is not { } ttl || (ttl > TimeSpan.Zero && ttl <= MaxTimeToLive),
            nameof(message.TimeToLive),
            $"above zero and at most {MaxTimeToLive.TotalDays} days");
        if (message.Link is { } link)
        {
            ThrowIfNotAKey(link.Chain, nameof(message.Link));
            Require(link.Previous >= 0 && link.Previous <= link.Place, nameof(message.Link), "a chain whose places grow");
        }

        Require(message.TraceParent is null || message.TraceParent.Length <= MaxKeyBytes, nameof(message.TraceParent), $"at most {MaxKeyBytes} characters");
    }

    /// <exception cref="ArgumentException">A field is outside its limits; the message names both.</exception>
    public static void ThrowIfInvalid(QueueDeclaration queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ThrowIfNotAName(queue.Name, nameof(queue.Name));
        Require(queue.Bindings.Count <= MaxBindings, nameof(queue.Bindings), $"at most {MaxBindings}");
        Require(queue.Prefetch is > 0 and <= MaxPrefetch, nameof(queue.Prefetch), $"1–{MaxPrefetch}");
        Require(queue.DeliveryLimit is > 0 and <= MaxDeliveryLimit, nameof(queue.DeliveryLimit), $"1–{MaxDeliveryLimit}");
        foreach (var binding in queue.Bindings)
        {
            ThrowIfNotAName(binding.Exchange, nameof(binding.Exchange));
            ThrowIfNotAKey(binding.Pattern, nameof(binding.Pattern));
        }
    }

    private static void ThrowIfNotAName(string name, string field)
    {
        var valid = name is { Length: > 0 and <= MaxNameBytes };
        foreach (var c in valid ? name : "")
        {
            valid &= char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_';
        }

        Require(valid, field, $"1–{MaxNameBytes} of a-z, A-Z, 0-9, dot, hyphen and underscore");
    }

    private static void ThrowIfNotAKey(string key, string field) =>
        Require(
            key is { Length: > 0 and <= MaxKeyBytes } && Encoding.UTF8.GetByteCount(key) <= MaxKeyBytes,
            field,
            $"1–{MaxKeyBytes} bytes of UTF-8");

    private static void Require(bool condition, string field, string limit)
    {
        if (!condition)
        {
            throw new ArgumentException($"{field} must be {limit}.", field);
        }
    }
}
