namespace Game.Gateway.Audit;

/// <summary>What an operator does: written down before it is done, so that nothing is done unseen, and once more with what came of it.</summary>
internal static class AuditedAction
{
    /// <param name="context">Who asks, and where the rest is found.</param>
    /// <param name="action">For example <c>dead-letter.discard</c>.</param>
    /// <param name="target">What it is done to.</param>
    /// <param name="act">Does it, and says what has come of it.</param>
    public static async Task<IResult> RunAsync(
        HttpContext context, string action, string target, Func<CancellationToken, Task<(string Outcome, IResult Answer)>> act)
    {
        var services = context.RequestServices;
        var operations = services.GetRequiredService<IOperations>();
        var login = services.GetRequiredService<OperatorSettings>();
        var clock = services.GetRequiredService<TimeProvider>();
        var entry = new AuditEntry(
            clock.GetUtcNow(),
            login.IsRequired ? login.Name : "local",
            context.Connection.RemoteIpAddress?.ToString(),
            action,
            target,
            "asked");
        await operations.RecordAsync(entry, context.RequestAborted);
        var outcome = "failed";
        try
        {
            (outcome, var answer) = await act(context.RequestAborted);
            return answer;
        }
        catch (OperationUnavailableException exception)
        {
            outcome = exception.Message;
            throw;
        }
        finally
        {
            await operations.RecordAsync(entry with { At = clock.GetUtcNow(), Outcome = outcome }, CancellationToken.None);
        }
    }
}
