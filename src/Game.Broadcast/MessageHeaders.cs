namespace Game.Broadcast;

/// <summary>Names of what stands beside a message's body on the broker.</summary>
public static class MessageHeaders
{
    /// <summary>The shard whose log it comes from.</summary>
    public const string SourceShard = "source-shard";

    /// <summary>Its event's position in that log.</summary>
    public const string SourcePosition = "source-position";

    /// <summary>The stream of its event.</summary>
    public const string SourceStream = "source-stream";

    /// <summary>Version of the body's schema.</summary>
    public const string SchemaVersion = "schema-version";

    /// <summary>W3C trace context; if there is one.</summary>
    public const string TraceParent = "traceparent";

    /// <summary>Milliseconds after which it is dropped; if it has a limit.</summary>
    public const string TimeToLive = "ttl-ms";

    /// <summary>Unix milliseconds of its publish; with ttl-ms.</summary>
    public const string PublishedAt = "published-at-ms";

    /// <summary>Where a message that was put into a queue by name was first sent.</summary>
    public const string Exchange = "first-exchange";

    /// <summary>How a message that was put into a queue by name was first sent.</summary>
    public const string RoutingKey = "first-routing-key";

    /// <summary>How often it came back from the dead letters.</summary>
    public const string Replays = "replays";

    /// <summary>Whom it is meant for: a shard, or all. Not on messages that may be missed.</summary>
    public const string Chain = "chain";

    /// <summary>Its place in the chain of its source's messages to those.</summary>
    public const string ChainPlace = "chain-place";

    /// <summary>The place of the message before it in that chain; 0: none.</summary>
    public const string ChainPrevious = "chain-previous";

    /// <summary>Of a dead letter: the queue it was given up in.</summary>
    public const string DeadQueue = "dead-queue";

    /// <summary>Of a dead letter: its number, the microsecond it was given up in.</summary>
    public const string DeadId = "dead-id";

    /// <summary>Of a dead letter: why it was given up.</summary>
    public const string DeadReason = "dead-reason";

    /// <summary>Of a dead letter: failed deliveries.</summary>
    public const string DeadDeliveries = "dead-deliveries";

    /// <summary>Of a note among the dead letters: the queue in which a message has failed.</summary>
    public const string FailuresIn = "failures-in";

    /// <summary>Of a note: which message.</summary>
    public const string FailuresOf = "failures-of";

    /// <summary>Of a note: how often.</summary>
    public const string Failures = "failures";

    /// <summary>Of a note: Unix milliseconds of the last time.</summary>
    public const string FailedAt = "failed-at-ms";
}
