namespace Game.Broadcast;

/// <summary>
/// A message. <paramref name="Id"/> is the source event's id (<c>{shard}/{position}/{n}</c>); <paramref name="SourceShard"/>
/// <paramref name="SourcePosition"/> and <paramref name="SourceStream"/> say where in which log it comes from. Body: at most 64 KiB.
/// <paramref name="TimeToLive"/>, counted from the publish: a message that is still waiting when it has passed is dropped,
/// counted, and no dead letter. Priority 0–9 orders nothing in a queue: receivers order what they
/// take from it together. <paramref name="Link"/>: the message before it for the same receivers; null: it may be missed.
/// Limits: <see cref="BroadcastLimits"/>.
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
    string? TraceParent = null,
    MessageLink? Link = null)
{
    public const int MaxBodyBytes = 64 * 1024;
}

/// <summary>
/// A message's place in the chain of one source's messages to the same receivers, so that a receiver sees when one is missing.
/// The bus only carries it; a dead letter that is replayed has left its chain.
/// </summary>
/// <param name="Chain">Names the receivers.</param>
/// <param name="Place">Grows along the chain, not by one.</param>
/// <param name="Previous">The place of the message before it; 0: none.</param>
public sealed record MessageLink(string Chain, long Place, long Previous);

/// <summary>
/// <paramref name="Bindings"/>: exchange and topic pattern (<c>*</c> one word, <c>#</c> any number, words parted by dots).
/// <paramref name="Prefetch"/>: most deliveries in a batch. After <paramref name="DeliveryLimit"/> failed deliveries a
/// message becomes a dead letter. <paramref name="Transient"/>: for what is repeated anyway; the queue and its messages may end with the
/// process that consumes it, and the broker is spared a replicated write for each. <paramref name="Name"/>: what comes after its last dot
/// says whose it is; a broker keeps the dead letters of an owner's queues together.
/// </summary>
public sealed record QueueDeclaration(
    string Name, IReadOnlyList<QueueBinding> Bindings, int Prefetch = 64, int DeliveryLimit = 5, bool Transient = false);

public sealed record QueueBinding(string Exchange, string Pattern);

/// <summary>
/// <paramref name="Ready"/>: waiting to be delivered, again or for the first time. <paramref name="Unacknowledged"/>:
/// handed to a consumer and not settled.
/// </summary>
public sealed record QueueDepth(long Ready, long Unacknowledged, long DeadLetters);

/// <summary>How the bus fares.</summary>
/// <param name="Connected">Whether the broker can be reached and lets this process in; always true without a broker.</param>
/// <param name="Trouble">Why not connected, or why nothing is taken; null: all is well.</param>
/// <param name="Blocked">The broker takes no messages for now; those it holds are still delivered.</param>
/// <param name="Unconfirmed">Publishes that wait for their confirm.</param>
public sealed record BusHealth(bool Connected, string? Trouble, bool Blocked, int Unconfirmed);

/// <summary>A message that was given up on, with the reason. <paramref name="Id"/> is its number in the queue's dead letters.</summary>
public sealed record DeadLetter(long Id, BroadcastMessage Message, string Reason, DateTimeOffset At, int Deliveries);
