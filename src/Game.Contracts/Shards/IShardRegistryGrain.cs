namespace Game.Contracts.Shards;

/// <summary>
/// The shards of the game as one shard knows them; key: the shard. To begin with those of its settings; one that is added
/// later makes itself known when it starts for the first time.
/// </summary>
[Alias("game.IShardRegistryGrain")]
public interface IShardRegistryGrain : IGrainWithStringKey
{
    /// <summary>The shard is there: tells the others, once in its life. Repeated after <c>store_unavailable</c>.</summary>
    [Alias("Announce")]
    Task<Outcome<ShardRegistryView>> AnnounceAsync();

    [Alias("Handle")]
    Task<Outcome<ShardRegistryView>> HandleAsync(ShardRegistryCommand command);

    [Alias("Get"), ReadOnly]
    Task<ShardRegistryView> GetAsync();
}
