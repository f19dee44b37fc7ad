using Game.Contracts;
using Game.Gateway.Analytics;
using Game.Gateway.Audit;
using Game.Gateway.Http;
using Game.Gateway.Purchases;
using Game.Gateway.Sessions;
using Game.Gateway.Telemetry;
using Game.Gateway.WorldEvents;

namespace Game.Gateway.Management;

/// <summary>
/// The management port: probes and metrics for everybody; for operators the console, what it shows and does, and the
/// dashboards of the shards' engine.
/// </summary>
internal static class ManagementEndpoints
{
    private const int DeadLettersShown = 100;
    private const int AuditShown = 100;
    private const int MaxAuditShown = 1000;
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(2);

    public static void Map(IEndpointRouteBuilder routes)
    {
        // Not in the description of the public API.
        var management = routes.MapGroup("").ExcludeFromDescription().AddEndpointFilter(AnswerUnavailableAsync);
        var open = management.MapGroup("").WithMetadata(WithoutLogin.Instance);
        open.MapGet("/health/live", () => Results.Text("live"));
        open.MapGet("/health/ready", ReadyAsync);
        MetricsExport.Map(routes);

        management.MapGet("/", () => Results.Stream(
            typeof(ManagementEndpoints).Assembly.GetManifestResourceStream("console.html")!, "text/html; charset=utf-8"));
        management.MapGet("/ops/status", StatusAsync);
        management.MapGet("/ops/ledger", (IOperations operations, CancellationToken cancellationToken) => operations.GetLedgerAsync(cancellationToken));
        management.MapGet("/ops/dead-letters", async (string queue, QueryNumber? after, IOperations operations, CancellationToken cancellationToken) =>
            QueryNumber.Read(after, "after", 0, long.MaxValue, 0, out var id) is { } problem
                ? Reply.Refused(problem)
                : Results.Ok(await operations.ListDeadLettersAsync(queue, id, DeadLettersShown, cancellationToken)));
        management.MapGet("/ops/dead-letters/{id:long}", FindAsync);
        management.MapPost("/ops/dead-letters/replay", ReplayAsync);
        management.MapPost("/ops/notifications", OperatorNotifications.SendAsync);
        EventOperations.Map(management);
        management.MapPost("/ops/dead-letters/discard", DiscardAsync);
        management.MapGet("/ops/audit", async (QueryNumber? count, IOperations operations, CancellationToken cancellationToken) =>
            QueryNumber.Read(count, "count", 1, MaxAuditShown, AuditShown, out var entries) is { } problem
                ? Reply.Refused(problem)
                : Results.Ok(await operations.ListAuditAsync((int)entries, cancellationToken)));
        AnalyticsEndpoints.Map(management);
        GenerationEndpoints.Map(management);
        PurchaseEndpoints.MapOperator(management);
    }

    private static async Task<IResult> ReadyAsync(
        SessionRegistry sessions, IOperations operations, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (sessions.IsDraining)
        {
            return Results.Text("draining", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        try
        {
            var shards = await operations.GetShardsAsync(cancellationToken).WaitAsync(ReadyWithin, clock, cancellationToken);
            var troubled = shards.Where(shard => !shard.Ready).Select(shard => $"{shard.Shard}: {shard.Trouble}").ToList();
            return troubled.Count == 0
                ? Results.Text(string.Join('\n', (string[])["ready", .. operations.Routes.Where(route => route.IsDegraded)
                    .Select(route => $"degraded: {route.Name} go to {route.Way}")]))
                : Results.Text(string.Join('\n', troubled), statusCode: StatusCodes.Status503ServiceUnavailable);
        }
        catch (TimeoutException)
        {
            return Results.Text("the shards do not answer", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static async Task<IResult> StatusAsync(
        SessionRegistry sessions, IOperations operations, GatewayMetrics metrics, CancellationToken cancellationToken) => Reply.Ok(new
        {
            sessions.IsDraining,
            Sessions = sessions.Count,
            Requests = metrics.Requests,
            Frames = metrics.Frames,
            Pushes = metrics.Pushes,
            Refusals = metrics.Refusals,
            Dashboards = (IReadOnlyList<string>)(operations.Dashboard is null ? [] : [$"{SiloDashboardPage.Path}/"]),
            operations.Bus,
            operations.Routes,
            Shards = await operations.GetShardsAsync(cancellationToken),
            Topics = await operations.GetTopicsAsync(cancellationToken),
        });

    private static async Task<IResult> FindAsync(string queue, long id, IOperations operations, CancellationToken cancellationToken) =>
        await operations.FindDeadLetterAsync(queue, id, cancellationToken) is { } letter ? Reply.Ok(letter) : Reply.Refused(NoSuchLetter);

    private static Task<IResult> ReplayAsync(JsonBody<DeadLetterBody> body, HttpContext context, IOperations operations) =>
        ActAsync("dead-letter.replay", body, context, operations.ReplayDeadLetterAsync);

    private static Task<IResult> DiscardAsync(JsonBody<DeadLetterBody> body, HttpContext context, IOperations operations) =>
        ActAsync("dead-letter.discard", body, context, operations.DiscardDeadLetterAsync);

    private static async Task<IResult> ActAsync(
        string action, JsonBody<DeadLetterBody> body, HttpContext context, Func<string, long, CancellationToken, Task<bool>> act)
    {
        if (body.Problem is { } problem)
        {
            return Reply.Refused(problem);
        }

        var (queue, id) = (body.Value.Queue, body.Value.Id);
        return await AuditedAction.RunAsync(context, action, $"{queue}#{id}", async cancellationToken =>
            await act(queue, id, cancellationToken) ? ("done", Results.NoContent()) : ("not found", Reply.Refused(NoSuchLetter)));
    }

    private static async ValueTask<object?> AnswerUnavailableAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (OperationUnavailableException exception)
        {
            return Reply.Refused(new Problem(StatusCodes.Status503ServiceUnavailable, GatewayCodes.ShardUnavailable, exception.Message));
        }
    }

    private static Problem NoSuchLetter => new(StatusCodes.Status404NotFound, GatewayCodes.DeadLetterNotFound, "There is no such dead letter.");
}

internal sealed record DeadLetterBody(string Queue, long Id) : IRequestBody
{
    public Refusal? Check() => null;
}
