namespace Game.Embedded;

/// <summary>
/// The execution context without any ambient values. Requests start in it, so that nothing flows from a caller, or from the
/// request before, but what <see cref="RequestContext"/> carries.
/// </summary>
internal static class CleanContext
{
    private static readonly ExecutionContext Clean = CaptureOnFreshThread();

    public static void Enter()
    {
        if (!ReferenceEquals(ExecutionContext.Capture(), Clean))
        {
            ExecutionContext.Restore(Clean);
        }
    }

    private static ExecutionContext CaptureOnFreshThread()
    {
        ExecutionContext? captured = null;
        var thread = new Thread(() => captured = ExecutionContext.Capture());
        thread.UnsafeStart();
        thread.Join();
        return captured!;
    }
}
