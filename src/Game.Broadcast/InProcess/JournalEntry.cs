using Microsoft.Data.Sqlite;

namespace Game.Broadcast.InProcess;

/// <summary>A change to the file, or a question to it, in the order it was made.</summary>
internal abstract class JournalEntry
{
    /// <summary>Whether someone waits for it: the others may wait a little for company.</summary>
    public virtual bool IsUrgent => true;

    /// <summary>Inside the transaction.</summary>
    public abstract void Apply(BusDatabase database);

    /// <summary>After the commit.</summary>
    public virtual void Committed(BusDatabase database)
    {
    }

    /// <summary>The transaction failed, nothing was changed.</summary>
    /// <returns>Whether to try this again with the next transaction.</returns>
    public abstract bool Failed(BroadcastException exception);
}

/// <summary>A change that a caller waits for.</summary>
internal abstract class ConfirmedEntry : JournalEntry
{
    private readonly TaskCompletionSource _confirm = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Confirmed => _confirm.Task;

    public override void Committed(BusDatabase database) => _confirm.SetResult();

    public override bool Failed(BroadcastException exception)
    {
        _confirm.SetException(exception);
        return false;
    }
}

/// <summary>A message enters the log; it may come from the dead letters.</summary>
internal sealed class AppendEntry(HeldMessage held, int? target, long? deadLetter, DateTimeOffset at) : ConfirmedEntry
{
    public long Sequence => held.Sequence;

    public override void Apply(BusDatabase database)
    {
        database.InsertMessage(held, target, at);
        if (deadLetter is { } letter)
        {
            database.DeleteDeadLetter(letter);
        }
    }
}

internal sealed class DeclareEntry(
    int id, QueueDeclaration queue, long watermark, IReadOnlyList<(QueueBinding Binding, long Since)> bindings) : ConfirmedEntry
{
    public override void Apply(BusDatabase database)
    {
        database.UpsertQueue(id, queue, watermark);
        foreach (var (binding, since) in bindings)
        {
            database.InsertBinding(id, binding, since);
        }
    }
}

/// <summary>A queue that holds nothing goes; its dead letters become another's.</summary>
internal sealed class RetireEntry(int id, int successor) : ConfirmedEntry
{
    public override void Apply(BusDatabase database) => database.DeleteQueue(id, successor);
}

/// <summary>A dead letter is thrown away.</summary>
internal sealed class DiscardEntry(long deadLetter) : ConfirmedEntry
{
    public override void Apply(BusDatabase database) => database.DeleteDeadLetter(deadLetter);
}

/// <summary>What a batch changed. Losing it costs a redelivery, so nobody waits for it.</summary>
internal sealed class SettlementEntry(Settlement settlement) : JournalEntry
{
    public override bool IsUrgent => false;

    public MessageQueue Queue => settlement.Queue;

    public long Watermark => settlement.Watermark;

    /// <summary>Whether a later watermark says all that this one does.</summary>
    public bool IsPlain => settlement is { Recorded.Count: 0, Removed.Count: 0, DeadLetters.Count: 0 };

    public override void Apply(BusDatabase database)
    {
        database.MoveWatermark(settlement.Queue.Id, settlement.Watermark);
        foreach (var redelivery in settlement.Recorded)
        {
            database.UpsertRedelivery(settlement.Queue.Id, redelivery);
        }

        foreach (var sequence in settlement.Removed)
        {
            database.DeleteRedelivery(settlement.Queue.Id, sequence);
        }

        foreach (var letter in settlement.DeadLetters)
        {
            database.InsertDeadLetter(settlement.Queue.Id, letter);
        }
    }

    public override bool Failed(BroadcastException exception) => true;
}

/// <summary>A question, answered after everything recorded before it.</summary>
internal sealed class ReadEntry<T>(Func<BusDatabase, T> read) : JournalEntry
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Answer => _answer.Task;

    public override void Apply(BusDatabase database)
    {
    }

    public override void Committed(BusDatabase database)
    {
        try
        {
            _answer.SetResult(read(database));
        }
        catch (SqliteException exception)
        {
            _answer.SetException(new BroadcastException($"The bus file could not be read: {exception.Message}", exception));
        }
    }

    public override bool Failed(BroadcastException exception)
    {
        _answer.SetException(exception);
        return false;
    }
}
