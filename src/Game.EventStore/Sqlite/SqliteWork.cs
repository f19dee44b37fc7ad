namespace Game.EventStore.Sqlite;

/// <summary>Something for the writer to do within a transaction that it may share with others.</summary>
internal abstract class SqliteWork
{
    /// <summary>Runs inside the transaction; runs again in one of its own if the shared one fails.</summary>
    public abstract void Execute(SqliteSession session);

    /// <summary>The transaction is durable.</summary>
    public abstract void Complete();

    public abstract void Fail(Exception exception);
}

internal sealed class SqliteWork<T>(Func<SqliteSession, T> execute) : SqliteWork
{
    // Callers go on elsewhere: the writer thread only writes.
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public Task<T> Task => _done.Task;

    public override void Execute(SqliteSession session) => _result = execute(session);

    public override void Complete() => _done.TrySetResult(_result!);

    public override void Fail(Exception exception) => _done.TrySetException(exception);
}
