using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Dashboard;

namespace Game.Hosting;

/// <summary>
/// The Orleans dashboard of a silo's cluster, for a web server with services of its own: pages, scripts and numbers. It asks for no
/// login; whoever maps it does.
/// </summary>
public static class SiloDashboard
{
    /// <summary>Puts the dashboard at the root of a pipeline; null if the silo runs without one.</summary>
    public static Action<IApplicationBuilder>? Of(SiloHost host) => host.HasDashboard ? branch => Map(branch, host.Services) : null;

    private static void Map(IApplicationBuilder branch, IServiceProvider silo)
    {
        // The dashboard looks for its services in the request; the web server's own know nothing of this silo.
        branch.Use(async (context, next) =>
        {
            var web = context.RequestServices;
            await using var scope = silo.CreateAsyncScope();
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
        branch.UseEndpoints(routes => new SiloRoutes(routes, silo).MapOrleansDashboard().ExcludeFromDescription());
    }

    /// <summary>Routes of the web server whose handlers are bound to the services of the silo.</summary>
    private sealed class SiloRoutes(IEndpointRouteBuilder routes, IServiceProvider silo) : IEndpointRouteBuilder
    {
        public IServiceProvider ServiceProvider => silo;

        public ICollection<EndpointDataSource> DataSources => routes.DataSources;

        public IApplicationBuilder CreateApplicationBuilder() => routes.CreateApplicationBuilder();
    }
}
