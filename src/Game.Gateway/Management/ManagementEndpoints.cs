using Game.Contracts;
using Game.Gateway.Analytics;
using Game.Gateway.Http;
using Game.Gateway.Purchases;
using Game.Gateway.Sessions;
using Game.Gateway.WorldEvents;

namespace Game.Gateway.Management;

/// <summary>
/// The management port: probes and metrics for everybody; for operators the console, what it shows and does, and the
/// dashboards of the shards' engine.
/// </summary>
internal static class ManagementEndpoints
{
    private const int DeadLettersShown = 100;
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(2);

    public static void Map(IEndpointRouteBuilder routes)
    {
        // Not in the description of the public API.
        var management = routes.MapGroup("").ExcludeFromDescription();
        var open = management.MapGroup("").WithMetadata(WithoutLogin.Instance);
        open.MapGet("/health/live", () => Results.Text("live"));
        open.MapGet("/health/ready", ReadyAsync);
        open.MapGet("/metrics", (MetricsCollector metrics) => Results.Text(metrics.Write(), PrometheusText.ContentType));

        management.MapGet("/", () => Results.Stream(
            typeof(ManagementEndpoints).Assembly.GetManifestResourceStream("console.html")!, "text/html; charset=utf-8"));
        management.MapGet("/ops/status", StatusAsync);
        management.MapGet("/ops/ledger", (IOperations operations, CancellationToken cancellationToken) => operations.GetLedgerAsync(cancellationToken));
        management.MapGet("/ops/dead-letters", (string queue, long? after, IOperations operations, CancellationToken cancellationToken) =>
            operations.ListDeadLettersAsync(queue, after ?? 0, DeadLettersShown, cancellationToken));
        management.MapPost("/ops/dead-letters/replay", ReplayAsync);
        management.MapPost("/ops/notifications", OperatorNotifications.SendAsync);
        EventOperations.Map(management);
        AnalyticsEndpoints.Map(management);
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
                ? Results.Text("ready")
                : Results.Text(string.Join('\n', troubled), statusCode: StatusCodes.Status503ServiceUnavailable);
        }
        catch (TimeoutException)
        {
            return Results.Text("the shards do not answer", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static async Task<IResult> StatusAsync(
        SessionRegistry sessions, IOperations operations, MetricsCollector metrics, CancellationToken cancellationToken) => Reply.Ok(new
        {
            sessions.IsDraining,
            Sessions = sessions.Count,
            Requests = metrics.Sum("gateway_requests_total"),
            Frames = metrics.Sum("gateway_frames_total"),
            Pushes = metrics.Sum("gateway_pushes_total"),
            Refusals = metrics.Sum("gateway_refusals_total"),
            Dashboards = operations.Dashboards.Keys.Order(StringComparer.Ordinal).Select(shard => $"{ShardDashboards.Path}/{shard}/"),
            Shards = await operations.GetShardsAsync(cancellationToken),
        });

    private static async Task<IResult> ReplayAsync(JsonBody<ReplayBody> body, IOperations operations, CancellationToken cancellationToken) =>
        body.Problem is { } problem ? Reply.Refused(problem)
        : await operations.ReplayDeadLetterAsync(body.Value.Queue, body.Value.Id, cancellationToken) ? Results.NoContent()
        : Reply.Refused(new Problem(StatusCodes.Status404NotFound, GatewayCodes.DeadLetterNotFound, "There is no such dead letter."));
}

internal sealed record ReplayBody(string Queue, long Id) : IRequestBody
{
    public Refusal? Check() => null;
}
