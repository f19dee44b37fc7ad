using Game.Grains.Hosting;
using Microsoft.AspNetCore.Builder;

namespace Game.Hosting.Embedded;

/// <summary>The embedded host has no dashboard: the console shows its shards.</summary>
public static class ShardDashboard
{
    /// <returns>Always null.</returns>
    public static Action<IApplicationBuilder>? Of(IShardHost host) => null;
}
