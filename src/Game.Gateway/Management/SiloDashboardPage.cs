namespace Game.Gateway.Management;

/// <summary>The dashboard of the silo's engine under a path of its own.</summary>
internal static class SiloDashboardPage
{
    public const string Path = "/dashboard";

    public static void Map(IApplicationBuilder management, IOperations operations)
    {
        if (operations.Dashboard is { } dashboard)
        {
            management.Map(Path, branch =>
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
