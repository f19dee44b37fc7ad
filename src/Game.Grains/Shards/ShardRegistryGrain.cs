using Game.Contracts;
using Game.Contracts.Shards;
using Game.Domain.Shards;
using Game.Grains.EventSourcing;

namespace Game.Grains.Shards;

[Reentrant]
public sealed class ShardRegistryGrain(EventSourcingServices services, ShardIdentity shard)
    : EventSourcedGrain<ShardRegistry, ShardRegistryCommand>(services), IShardRegistryGrain
{
    protected override string Category => StreamName.Shards;

    public Task<Outcome<ShardRegistryView>> AnnounceAsync() => HandleAsync(new AnnounceShard("announce", shard.Configured));

    public Task<Outcome<ShardRegistryView>> HandleAsync(ShardRegistryCommand command) => ExecuteAsync(command, View);

    public async Task<ShardRegistryView> GetAsync() => View(await ReadAsync());

    private ShardRegistryView View(ShardRegistry registry) => new(registry.Announced, registry.With(shard.Configured));
}
