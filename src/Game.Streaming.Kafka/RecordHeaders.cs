namespace Game.Streaming.Kafka;

/// <summary>Names of the headers that records of the game carry.</summary>
public static class RecordHeaders
{
    /// <summary>Alias of the body's type.</summary>
    public const string Type = "type";

    /// <summary>Schema version of that type, a decimal number.</summary>
    public const string Version = "version";

    /// <summary>Of a record that may come again: what it is, the same each time. Readers that count skip what they know.</summary>
    public const string Id = "id";

    /// <summary>W3C trace context of the producer, if it was traced.</summary>
    public const string TraceParent = "traceparent";

    /// <summary>On a dead letter: why.</summary>
    public const string DeadLetterReason = "dead-letter-reason";

    /// <summary>On a dead letter: topic, partition and offset of the record, <c>topic/partition/offset</c>.</summary>
    public const string DeadLetterSource = "dead-letter-source";

    /// <summary>On a record among dead letters that is none: the offset of the letter before it that an operator has settled.</summary>
    public const string DeadLetterSettled = "dead-letter-settled";
}
