namespace Game.Gateway.Management;

/// <summary>The dashboards of the shards' engine, each under a path of its own.</summary>
internal static class ShardDashboards
{
    public const string Path = "/dashboard";

    public static void Map(IApplicationBuilder management, IOperations operations)
    {
        foreach (var (shard, dashboard) in operations.Dashboards)
        {
            management.Map($"{Path}/{shard}", branch =>
            {
                branch.Use(RedirectToFolderAsync);
                dashboard(branch);
            });
        }
    }

    /// <summary>A page's relative links lead into the dashboard only if its own address ends with a slash.</summary>
    private static Task RedirectToFolderAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.HasValue)
        {
            return next(context);
        }

        context.Response.Redirect($"{context.Request.PathBase.ToUriComponent()}/{context.Request.QueryString}");
        return Task.CompletedTask;
    }
}
