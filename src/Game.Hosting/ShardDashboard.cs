using Game.Grains.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Dashboard;

namespace Game.Hosting;

/// <summary>
/// The Orleans dashboard of a shard, for a web server that serves several: pages, scripts and numbers of this shard's cluster.
/// It asks for no login; whoever maps it does.
/// </summary>
public static class ShardDashboard
{
    /// <summary>Puts the dashboard at the root of a pipeline; null if the shard runs without one.</summary>
    public static Action<IApplicationBuilder>? Of(IShardHost host) =>
        host is ShardHost { HasDashboard: true } shard ? branch => Map(branch, shard.Services) : null;

    private static void Map(IApplicationBuilder branch, IServiceProvider shard)
    {
        // The dashboard looks for its services in the request; the web server's own know nothing of this silo.
        branch.Use(async (context, next) =>
        {
            var web = context.RequestServices;
            await using var scope = shard.CreateAsyncScope();
            context.RequestServices = scope.ServiceProvider;
            try
            {
                await next(context);
            }
            finally
            {
                context.RequestServices = web;
            }
        });
        branch.UseRouting();
        branch.UseEndpoints(routes => new ShardRoutes(routes, shard).MapOrleansDashboard().ExcludeFromDescription());
    }

    /// <summary>Routes of the web server whose handlers are bound to the services of a shard.</summary>
    private sealed class ShardRoutes(IEndpointRouteBuilder routes, IServiceProvider shard) : IEndpointRouteBuilder
    {
        public IServiceProvider ServiceProvider => shard;

        public ICollection<EndpointDataSource> DataSources => routes.DataSources;

        public IApplicationBuilder CreateApplicationBuilder() => routes.CreateApplicationBuilder();
    }
}
