namespace Game.Contracts.Wars;

/// <summary>
/// Coordinator of one war over all shards; key: the war id. Lives on the attacker's home shard. Holds, for every front,
/// the greatest cumulative counters reported, so that duplicated, reordered or lost reports cannot corrupt a score.
/// </summary>
[Alias("game.IGuildWarGrain")]
public interface IGuildWarGrain : IGrainWithStringKey
{
    [Alias("Handle")]
    Task<Outcome<WarView>> HandleAsync(WarCommand command);

    [Alias("Get"), ReadOnly]
    Task<WarView?> GetAsync();
}
