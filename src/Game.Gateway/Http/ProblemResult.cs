using System.Diagnostics;
using System.Globalization;
using Game.Gateway.Telemetry;

namespace Game.Gateway.Http;

/// <summary>Writes a problem as the answer and counts it.</summary>
public sealed class ProblemResult(Problem problem) : IResult
{
    public Problem Problem { get; } = problem;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.RequestServices.GetRequiredService<GatewayMetrics>().Refused(Problem.Code);
        var response = httpContext.Response;
        response.StatusCode = Problem.Status;
        if (Problem.RetryAfterSeconds is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        var traceId = Activity.Current?.TraceId.ToString() ?? httpContext.TraceIdentifier;
        return response.WriteAsJsonAsync(
            ProblemBody.Of(Problem, traceId), GatewayJson.Options, ProblemBody.ContentType, httpContext.RequestAborted);
    }
}
