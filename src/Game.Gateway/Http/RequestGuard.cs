using System.Reflection;

namespace Game.Gateway.Http;

/// <summary>
/// Runs before every handler: refuses ids that are malformed or belong elsewhere before any grain is touched, query
/// parameters nobody knows, and inputs that could not be read. Repeats handlers that lost a silo.
/// </summary>
internal static class RequestGuard
{
    public static EndpointFilterDelegate Create(EndpointFilterFactoryContext factory, EndpointFilterDelegate next)
    {
        var known = QueryParametersOf(factory.MethodInfo);
        var guildMayBeElsewhere = factory.MethodInfo.IsDefined(typeof(GuildMayBeElsewhereAttribute), inherit: false);
        return async context =>
        {
            var request = context.HttpContext.Request;
            var shards = context.HttpContext.RequestServices.GetRequiredService<ShardRouter>();
            var problem = RouteIds.Check(request.RouteValues, shards, guildMayBeElsewhere) ?? CheckQuery(request.Query, known) ?? CheckInputs(context.Arguments);
            return problem is not null ? Reply.Refused(problem)
                : MayBeRepeated(context.HttpContext) ? await RepeatAsync(context, next)
                : await next(context);
        };
    }

    private static bool MayBeRepeated(HttpContext context) =>
        !context.WebSockets.IsWebSocketRequest
        && (HttpMethods.IsGet(context.Request.Method) || context.Request.Headers.ContainsKey(IdempotencyKey.Header));

    private static ValueTask<object?> RepeatAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) => GrainRetry.RunAsync(
        () => next(context), context.HttpContext.RequestServices.GetRequiredService<TimeProvider>(), context.HttpContext.RequestAborted);

    private static HashSet<string> QueryParametersOf(MethodInfo handler) =>
    [
        .. handler.GetParameters()
            .Where(parameter => parameter.ParameterType == typeof(string) || parameter.ParameterType == typeof(QueryNumber?))
            .Select(parameter => parameter.Name!)
            .Where(name => !RouteIds.IsRouteId(name)),
    ];

    private static Problem? CheckQuery(IQueryCollection query, HashSet<string> known)
    {
        foreach (var name in query.Keys)
        {
            if (!known.Contains(name))
            {
                var named = name.Length <= GatewayLimits.MaxKeyLength ? name : name[..GatewayLimits.MaxKeyLength];
                return new Problem(
                    StatusCodes.Status400BadRequest, GatewayCodes.UnknownParameter, "The route has no such query parameter.", named);
            }
        }

        return null;
    }

    private static Problem? CheckInputs(IList<object?> arguments)
    {
        foreach (var argument in arguments)
        {
            if (argument is IInput { Problem: { } problem })
            {
                return problem;
            }
        }

        return null;
    }
}
