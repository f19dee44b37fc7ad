using Game.Grains;
using Game.Grains.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Metadata;

namespace Game.Hosting;

/// <summary>Makes grains of shards of the services of the shard that their key names, and of no other's.</summary>
internal sealed class ShardGrainActivation(GrainClassMap classes, IServiceProvider silo) : IConfigureGrainTypeComponents
{
    public void Configure(GrainType grainType, GrainProperties properties, GrainTypeSharedContext shared)
    {
        if (classes.TryGetGrainClass(grainType, out var grainClass) && grainClass.IsAssignableTo(typeof(ShardGrain)))
        {
            shared.SetComponent<IGrainActivator>(new Activator(grainClass, silo));
        }
    }

    private sealed class Activator(Type grainClass, IServiceProvider silo) : IGrainActivator
    {
        // The shards call grains, and so need the silo that is being set up when this is made.
        private readonly Lazy<HostedShards> _shards = new(silo.GetRequiredService<HostedShards>);

        public object CreateInstance(IGrainContext context) => _shards.Value.Create(grainClass, context.GrainId);

        public async ValueTask DisposeInstance(IGrainContext context, object instance)
        {
            switch (instance)
            {
                case IAsyncDisposable disposable:
                    await disposable.DisposeAsync();
                    break;
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }
        }
    }
}
