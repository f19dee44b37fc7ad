namespace Game.Broadcast;

/// <summary>
/// A message. <paramref name="Id"/> is the source event's id (<c>{shard}/{position}/{n}</c>); <paramref name="SourceShard"/>
/// <paramref name="SourcePosition"/> and <paramref name="SourceStream"/> say where in which log it comes from. Body: at most 64 KiB.
/// <paramref name="TimeToLive"/>, counted from the publish: a message that is still waiting when it has passed is dropped,
/// counted, and no dead letter. Priority 0–9 orders nothing in a queue: receivers order what they
/// take from it together. Limits: <see cref="BroadcastLimits"/>.
/// </summary>
public sealed record BroadcastMessage(
    string Id,
    string Exchange,
    string RoutingKey,
    string SourceShard,
    long SourcePosition,
    string SourceStream,
    string Type,
    int SchemaVersion,
    ReadOnlyMemory<byte> Body,
    TimeSpan? TimeToLive = null,
    byte Priority = 0,
    string? TraceParent = null)
{
    public const int MaxBodyBytes = 64 * 1024;
}

/// <summary>
/// <paramref name="Bindings"/>: exchange and topic pattern (<c>*</c> one word, <c>#</c> any number, words parted by dots).
/// <paramref name="Prefetch"/>: most deliveries in a batch. After <paramref name="DeliveryLimit"/> failed deliveries a
/// message becomes a dead letter.
/// </summary>
public sealed record QueueDeclaration(
    string Name, IReadOnlyList<QueueBinding> Bindings, int Prefetch = 64, int DeliveryLimit = 5);

public sealed record QueueBinding(string Exchange, string Pattern);

/// <summary>
/// <paramref name="Ready"/>: waiting to be delivered, again or for the first time. <paramref name="Unacknowledged"/>:
/// handed to a consumer and not settled.
/// </summary>
public sealed record QueueDepth(long Ready, long Unacknowledged, long DeadLetters);

/// <summary>A message that was given up on, with the reason. <paramref name="Id"/> is its number in the queue's dead letters.</summary>
public sealed record DeadLetter(long Id, BroadcastMessage Message, string Reason, DateTimeOffset At, int Deliveries);
