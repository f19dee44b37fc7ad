namespace Game.Contracts.Analytics;

/// <summary>
/// Where a shard's log tells an action, so that it counts once although the shard may tell it again: what is at or below the floor
/// never comes again, and above it a receiver remembers what it has seen.
/// </summary>
/// <param name="Place">Rises along the log; another one for each action.</param>
/// <param name="Floor">All actions of this log with a place at or below it were on the stream before this one was written.</param>
[GenerateSerializer, Immutable, Alias("game.analytics.log-link")]
public sealed record LogLink([property: Id(0)] long Place, [property: Id(1)] long Floor);

/// <summary>What a bucket has of a shard's log.</summary>
/// <param name="Shard">Whose log.</param>
/// <param name="Floor">The greatest floor seen.</param>
/// <param name="Above">How many actions it has above that.</param>
[GenerateSerializer, Immutable, Alias("game.analytics.log-mark")]
public sealed record LogMark([property: Id(0)] string Shard, [property: Id(1)] long Floor, [property: Id(2)] int Above);
