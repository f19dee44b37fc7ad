using Npgsql;
using NpgsqlTypes;

namespace Game.EventStore.Postgres;

/// <summary>An append on its way to the writer.</summary>
internal sealed class PostgresAppend(string stream, long expectedVersion, IReadOnlyList<Commit> commits)
{
    // Callers go on elsewhere: the writer only writes.
    private readonly TaskCompletionSource<Outcome> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Stream => stream;

    public long ExpectedVersion => expectedVersion;

    public IReadOnlyList<Commit> Commits => commits;

    public Task<Outcome> Task => _done.Task;

    public void Complete(Outcome outcome) => _done.TrySetResult(outcome);

    public void Fail(Exception exception) => _done.TrySetException(exception);

    /// <summary>The call of <c>append_events</c> (Migrations/001-events.sql) that stores <paramref name="appends"/>.</summary>
    public static NpgsqlCommand ToCommand(IReadOnlyList<PostgresAppend> appends, NpgsqlConnection connection)
    {
        var commits = appends.SelectMany((append, i) => Spans(append, i + 1)).ToList();
        var events = commits.SelectMany(commit => commit.Commit.Events.Select(data => (commit.Append, commit.Commit, Data: data))).ToList();
        return new NpgsqlCommand("SELECT base, heads, duplicates FROM append_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)", connection)
        {
            Parameters =
            {
                Array(NpgsqlDbType.Text, appends, append => append.Stream),
                Array(NpgsqlDbType.Bigint, appends, append => append.ExpectedVersion),
                Array(NpgsqlDbType.Integer, commits, commit => commit.Append),
                Array(NpgsqlDbType.Text, commits, commit => commit.Commit.CommandId),
                Array(NpgsqlDbType.Text, commits, commit => commit.Commit.Fingerprint),
                Array(NpgsqlDbType.Bigint, commits, commit => commit.First),
                Array(NpgsqlDbType.Bigint, commits, commit => commit.Last),
                Array(NpgsqlDbType.Integer, events, stored => stored.Append),
                Array(NpgsqlDbType.Text, events, stored => stored.Commit.CommandId),
                Array(NpgsqlDbType.Bigint, events, stored => stored.Commit.At.UtcTicks),
                Array(NpgsqlDbType.Text, events, stored => stored.Data.Type),
                Array(NpgsqlDbType.Integer, events, stored => stored.Data.SchemaVersion),
                Array(NpgsqlDbType.Bytea, events, stored => stored.Data.Body.ToArray()),
            },
        };
    }

    private static IEnumerable<(int Append, Commit Commit, long First, long Last)> Spans(PostgresAppend append, int index)
    {
        var last = 0L;
        foreach (var commit in append.Commits)
        {
            var first = last + 1;
            last += commit.Events.Count;
            yield return (index, commit, first, last);
        }
    }

    private static NpgsqlParameter<TValue[]> Array<TItem, TValue>(NpgsqlDbType type, IReadOnlyList<TItem> items, Func<TItem, TValue> select) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = [.. items.Select(select)] };

    /// <param name="Result">The answer, if it is no duplicate.</param>
    /// <param name="DuplicateOf">The command id that is known already.</param>
    internal readonly record struct Outcome(AppendResult Result, string? DuplicateOf);
}
