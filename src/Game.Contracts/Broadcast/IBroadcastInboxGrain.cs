namespace Game.Contracts.Broadcast;

/// <summary>
/// Knows how far a shard has heard each source, on every route; key: the shard. Sees when a message is missing, and asks its source
/// for it. Nothing is judged twice at a time for one route: its queue has one active consumer.
/// </summary>
[Alias("game.IBroadcastInboxGrain")]
public interface IBroadcastInboxGrain : IGrainWithStringKey
{
    /// <summary>Wakes it, to ask every source what was lost while the shard was away.</summary>
    [Alias("Start")]
    Task StartAsync();

    /// <summary>What is to be done with messages that have come, in the order of their queue.</summary>
    [Alias("Judge")]
    Task<IReadOnlyList<ChainVerdict>> JudgeAsync(string route, IReadOnlyList<ChainStep> steps);

    /// <summary>The effects of these are durable: their chains' marks are when this returns.</summary>
    [Alias("Settle")]
    Task SettleAsync(string route, IReadOnlyList<ChainStep> done);

    /// <summary>
    /// A source says up to where it has sent its chains: those that have not begun are followed from their beginning, the others from
    /// the mark that comes in their queue.
    /// </summary>
    [Alias("Welcome")]
    Task WelcomeAsync(string source, string route, IReadOnlyList<ChainMark> sent);

    [Alias("GetStatus"), ReadOnly]
    Task<InboxStatus> GetStatusAsync();
}

/// <summary>
/// A message of a chain. A mark, which says only that everything up to its place was sent, has <paramref name="Previous"/> =
/// <paramref name="Place"/>.
/// </summary>
[GenerateSerializer, Immutable, Alias("game.chain.step")]
public sealed record ChainStep(
    [property: Id(0)] string Source,
    [property: Id(1)] string Chain,
    [property: Id(2)] long Place,
    [property: Id(3)] long Previous);

public enum ChainVerdict
{
    /// <summary>It is next: handle it.</summary>
    Next,

    /// <summary>Its effect is durable already.</summary>
    Repeated,

    /// <summary>Something before it is missing. It is set aside: it comes again with what is missing.</summary>
    Early,
}

/// <param name="Gaps">Gaps that were seen since the grain was activated.</param>
/// <param name="Healed">How many of them are closed.</param>
/// <param name="Open">Chains with an open gap, as <c>{route} {source} {chain}</c>.</param>
[GenerateSerializer, Immutable, Alias("game.inbox.status")]
public sealed record InboxStatus(
    [property: Id(0)] long Gaps, [property: Id(1)] long Healed, [property: Id(2)] IReadOnlyList<string> Open);
