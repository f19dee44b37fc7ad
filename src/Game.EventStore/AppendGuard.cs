namespace Game.EventStore;

/// <summary>What every store refuses before it touches anything: a defect of the caller, not a state of the store.</summary>
internal static class AppendGuard
{
    public static void Check(string stream, long expectedVersion, IReadOnlyList<Commit> commits)
    {
        ArgumentException.ThrowIfNullOrEmpty(stream);
        ArgumentOutOfRangeException.ThrowIfNegative(expectedVersion);
        if (commits.Count == 0 || commits.Any(commit => commit.Events.Count == 0))
        {
            throw new ArgumentException("An append needs commits, and each commit needs events.", nameof(commits));
        }

        if (commits.Count > 1 && commits.Select(commit => commit.CommandId).Distinct(StringComparer.Ordinal).Count() < commits.Count)
        {
            throw new ArgumentException("The commits of one append need distinct command ids.", nameof(commits));
        }
    }

    public static void CheckCursor(string name, long current, long next)
    {
        if (next < current)
        {
            throw new ArgumentException($"Cursor {name} stands at {current} and does not go back to {next}.", nameof(next));
        }
    }
}
