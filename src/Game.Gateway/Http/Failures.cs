using Game.Contracts;

namespace Game.Gateway.Http;

/// <summary>What a client is told when something failed that no rule refused.</summary>
internal static class Failures
{
    public static Problem BodyTooLarge() => new(
        StatusCodes.Status413PayloadTooLarge,
        GatewayCodes.BodyTooLarge,
        $"A body has at most {GatewayLimits.MaxBodyBytes} bytes.",
        "body",
        $"at most {GatewayLimits.MaxBodyBytes} bytes");

    /// <param name="exception">What was thrown.</param>
    /// <param name="shards">Knows the failures of shards' stores; null: none is involved.</param>
    public static Problem ToProblem(Exception exception, ShardRouter? shards = null) => exception switch
    {
        _ when shards?.IsStoreFailure(exception) == true => new Problem(
            StatusCodes.Status503ServiceUnavailable,
            RefusalCodes.StoreUnavailable,
            "The shard's store cannot be reached now. Ask again with the same key.",
            RetryAfter: TimeSpan.FromSeconds(1)),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => BodyTooLarge(),
        BadHttpRequestException bad => new Problem(bad.StatusCode, GatewayCodes.BadRequest, "The request cannot be understood."),
        TimeoutException => new Problem(
            StatusCodes.Status503ServiceUnavailable,
            GatewayCodes.OutcomeUnknown,
            "The shard did not answer in time. What was asked for may or may not have happened: ask again with the same key.",
            RetryAfter: TimeSpan.FromSeconds(1)),
        OrleansException or OperationCanceledException => new Problem(
            StatusCodes.Status503ServiceUnavailable,
            GatewayCodes.ShardUnavailable,
            "The shard is not available now. Ask again with the same key.",
            RetryAfter: TimeSpan.FromSeconds(1)),
        _ => new Problem(
            StatusCodes.Status500InternalServerError, GatewayCodes.InternalError, "Something failed here; it has been logged."),
    };
}
