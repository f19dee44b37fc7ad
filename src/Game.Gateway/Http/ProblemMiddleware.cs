namespace Game.Gateway.Http;

/// <summary>
/// Every answer of status 400 and above is a problem with a code; nothing about an exception but its kind reaches a client.
/// </summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, ShardRouter shards, ILogger<ProblemMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        Problem? problem;
        if (context.Request.ContentLength > GatewayLimits.MaxBodyBytes)
        {
            if (context.Request.ContentLength > GatewayLimits.MaxDiscardedBytes)
            {
                // Or the client sends its next request into a connection that is being closed, and hears nothing.
                context.Response.Headers.Connection = "close";
            }

            await new ProblemResult(Failures.BodyTooLarge()).ExecuteAsync(context);
            return;
        }

        try
        {
            await next(context);
            problem = ForEmptyAnswer(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; nobody reads an answer.
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return;
        }
        catch (Exception exception)
        {
            problem = Failures.ToProblem(exception, shards);
            if (problem.Status >= StatusCodes.Status500InternalServerError)
            {
                LogFailed(logger, context.Request.Method, context.GetEndpoint()?.DisplayName, problem.Code, exception);
            }

            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }

            context.Response.Clear();
        }

        if (problem is not null)
        {
            await new ProblemResult(problem).ExecuteAsync(context);
        }
    }

    private static Problem? ForEmptyAnswer(HttpContext context)
    {
        var response = context.Response;
        if (response.HasStarted || response.StatusCode < StatusCodes.Status400BadRequest || response.ContentLength > 0
            || response.ContentType is not null)
        {
            return null;
        }

        var (code, detail) = response.StatusCode switch
        {
            StatusCodes.Status404NotFound => (GatewayCodes.RouteNotFound, "There is no such route."),
            StatusCodes.Status405MethodNotAllowed => (GatewayCodes.MethodNotAllowed, "The route does not know this method; see Allow."),
            StatusCodes.Status413PayloadTooLarge => (GatewayCodes.BodyTooLarge, $"A body has at most {GatewayLimits.MaxBodyBytes} bytes."),
            StatusCodes.Status415UnsupportedMediaType => (GatewayCodes.UnsupportedMediaType, "Bodies are application/json."),
            >= StatusCodes.Status500InternalServerError => (GatewayCodes.InternalError, "Something failed here; it has been logged."),
            _ => (GatewayCodes.BadRequest, "The request cannot be understood."),
        };
        return new Problem(response.StatusCode, code, detail);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Endpoint} failed ({Code}).")]
    private static partial void LogFailed(ILogger logger, string method, string? endpoint, string code, Exception exception);
}
