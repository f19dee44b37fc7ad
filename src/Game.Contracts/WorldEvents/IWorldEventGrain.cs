namespace Game.Contracts.WorldEvents;

/// <summary>
/// Coordinator of one world event over all shards; key: the event id, whose shard coordinates. Holds, for every front, the
/// greatest cumulative counters reported, and decides a boss's one kill.
/// </summary>
[Alias("game.IWorldEventGrain")]
public interface IWorldEventGrain : IGrainWithStringKey
{
    [Alias("Handle")]
    Task<Outcome<WorldEventView>> HandleAsync(WorldEventCommand command);

    /// <summary>Null if it was never scheduled. Whoever asks also wakes it, so that it keeps its deadlines.</summary>
    [Alias("Get"), ReadOnly]
    Task<WorldEventView?> GetAsync();
}
