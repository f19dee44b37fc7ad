using System.Text;

namespace Game.EventStore;

/// <summary>What every store refuses before it touches anything: a defect of the caller, not a state of the store.</summary>
internal static class AppendGuard
{
    /// <summary>Throws <see cref="EncoderFallbackException"/>, an <see cref="ArgumentException"/>.</summary>
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static void CheckAppend(string stream, long expectedVersion, IReadOnlyList<Commit> commits)
    {
        CheckName(stream, nameof(stream));
        ArgumentOutOfRangeException.ThrowIfNegative(expectedVersion);
        if (commits.Count == 0)
        {
            throw new ArgumentException("An append needs commits.", nameof(commits));
        }

        foreach (var commit in commits)
        {
            CheckName(commit.CommandId, nameof(commits));
            ArgumentNullException.ThrowIfNull(commit.Fingerprint, nameof(commits));
            if (commit.Events.Count == 0)
            {
                throw new ArgumentException("A commit needs events.", nameof(commits));
            }

            foreach (var data in commit.Events)
            {
                CheckName(data.Type, nameof(commits));
                ArgumentOutOfRangeException.ThrowIfLessThan(data.SchemaVersion, 1, nameof(commits));
            }
        }

        if (commits.Count > 1 && commits.Select(commit => commit.CommandId).Distinct(StringComparer.Ordinal).Count() < commits.Count)
        {
            throw new ArgumentException("The commits of one append need distinct command ids.", nameof(commits));
        }
    }

    public static void CheckSnapshot(Snapshot snapshot)
    {
        CheckName(snapshot.Stream, nameof(snapshot));
        CheckName(snapshot.Format, nameof(snapshot));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(snapshot.Version, nameof(snapshot));
    }

    public static void CheckCursor(string name, long position)
    {
        CheckName(name, nameof(name));
        ArgumentOutOfRangeException.ThrowIfNegative(position);
    }

    public static void CheckCursorMoves(string name, long current, long next)
    {
        if (next < current)
        {
            throw new ArgumentException($"Cursor {name} stands at {current} and does not go back to {next}.", nameof(next));
        }
    }

    private static void CheckName(string value, string parameter)
    {
        ArgumentException.ThrowIfNullOrEmpty(value, parameter);

        if (value.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("A name has no NUL: PostgreSQL's text cannot hold one.", parameter);
        }

        // Half a surrogate pair has no UTF-8 form: stored with a substitute, different names would be equal.
        _ = Strict.GetByteCount(value);
    }
}
