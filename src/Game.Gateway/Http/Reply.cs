using Game.Contracts;

namespace Game.Gateway.Http;

/// <summary>Answers of handlers.</summary>
internal static class Reply
{
    public static IResult Ok<T>(T value) => Results.Json(value, GatewayJson.Options);

    public static IResult Created<T>(T value) => Results.Json(value, GatewayJson.Options, statusCode: StatusCodes.Status201Created);

    /// <summary>Durable here, and on its way to another aggregate.</summary>
    public static IResult Accepted<T>(T value) => Results.Json(value, GatewayJson.Options, statusCode: StatusCodes.Status202Accepted);

    public static IResult Refused(Problem problem) => new ProblemResult(problem);

    public static IResult Refused(Refusal refusal) => new ProblemResult(Problem.From(refusal));

    public static IResult Of<T>(Outcome<T> outcome, Func<T, IResult> accepted) =>
        outcome.Accepted ? accepted(outcome.Value) : Refused(outcome.Refusal);
}
