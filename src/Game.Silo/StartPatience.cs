namespace Game.Silo;

/// <summary>
/// How long a start waits for a broker that does not answer. It counts from the first attempt in vain: one that takes long in vain is still
/// told of. Not thread-safe.
/// </summary>
/// <param name="seconds">Zero: not at all.</param>
internal sealed class StartPatience(int seconds)
{
    private long? _failed;

    /// <summary>Asked after an attempt in vain. Nothing or less: to be given up.</summary>
    public TimeSpan Left =>
        TimeSpan.FromSeconds(seconds) - TimeProvider.System.GetElapsedTime(_failed ??= TimeProvider.System.GetTimestamp());
}
