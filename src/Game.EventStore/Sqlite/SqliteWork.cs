namespace Game.EventStore.Sqlite;

/// <summary>Something for the writer to do within the transaction it shares with others.</summary>
internal abstract class SqliteWork
{
    /// <summary>Runs inside the transaction; may run again in another one if that transaction fails.</summary>
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
    private Exception? _refused;

    public Task<T> Task => _done.Task;

    public override void Execute(SqliteSession session)
    {
        try
        {
            _refused = null;
            _result = execute(session);
        }
        catch (ArgumentException exception)
        {
            // Refused before anything was written: the neighbours in the transaction are not concerned.
            _refused = exception;
        }
    }

    public override void Complete()
    {
        if (_refused is null)
        {
            _done.TrySetResult(_result!);
        }
        else
        {
            _done.TrySetException(_refused);
        }
    }

    public override void Fail(Exception exception) => _done.TrySetException(exception);
}
