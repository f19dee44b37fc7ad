using Game.Contracts;
using Game.Domain;
using Game.EventStore;
using Microsoft.Extensions.Logging;

namespace Game.Grains.EventSourcing;

/// <summary>
/// A grain whose state is the fold of its stream. Commands of concurrent callers are decided one after the other and
/// appended together: while one append is under way the next commands gather (so grains that derive from this are
/// reentrant). An answer is given only when what it tells is durable. The same command id again gives the first answer.
/// </summary>
/// <remarks>
/// A conflict (a second activation wrote to the stream) reloads and decides again, a bounded number of times. An append
/// whose outcome is unknown is looked up by command id before anything else happens.
/// </remarks>
public abstract partial class EventSourcedGrain<TState, TCommand> : ShardGrain
    where TState : class, IAggregate<TState, TCommand>
    where TCommand : Command
{
    private const int MaxBatch = 256;
    private const int MaxConflicts = 5;

    private readonly Queue<Pending> _queue = new();
    private readonly EventSourcingServices _services;
    private Task _flushing = Task.CompletedTask;
    private Task _durable = Task.CompletedTask;
    private Task _loading = Task.CompletedTask;
    private TState? _state;
    private long _version;
    private long _snapshotVersion;
    private long _snapshotInterval = AggregateReader<TState>.MinSnapshotInterval;

    protected EventSourcedGrain(EventSourcingServices services)
    {
        _services = services;
    }

    /// <summary>First part of the stream's name.</summary>
    protected abstract string Category { get; }

    protected string Stream { get; private set; } = "";

    protected TimeProvider Clock => _services.Clock;

    protected DateTimeOffset Now => _services.Clock.GetUtcNow();

    /// <summary>The last durable version; 0 before the first event.</summary>
    protected long Version => _version;

    protected IEventStore Store => _services.Store;

    protected EventCodec Codec => _services.Codec;

    protected ILogger Logger => _services.Logger;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Stream = StreamName.Of(Category, Key);
        await LoadAsync();
        await base.OnActivateAsync(cancellationToken);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _flushing;
        if (_state is not null && _version - _snapshotVersion >= _snapshotInterval / 4)
        {
            await SnapshotAsync();
        }

        await base.OnDeactivateAsync(reason, cancellationToken);
    }

    /// <summary>What the state is stored as in a snapshot, and how large streams are read back.</summary>
    protected virtual AggregateReader<TState> CreateReader() =>
        new(_services.Store, _services.Codec, () => TState.Initial(Key), (state, fact) => state.Apply(fact));

    /// <summary>Events to wait before the next snapshot, after one of so many bytes.</summary>
    protected virtual long SnapshotIntervalAfter(long snapshotBytes) => AggregateReader<TState>.SnapshotInterval(snapshotBytes);

    /// <summary>Called after events have become durable, in order, before their commands are answered. Must not throw.</summary>
    protected virtual void OnCommitted(IReadOnlyList<GameEvent> facts)
    {
    }

    /// <summary>The durable state. Waits for an append under way, so that nothing is read that might not last.</summary>
    protected async ValueTask<TState> ReadAsync()
    {
        while (true)
        {
            while (!_durable.IsCompleted)
            {
                await _durable;
            }

            if (_state is not null)
            {
                return _state;
            }

            await LoadAsync();
        }
    }

    /// <summary>Whether a command was stored before, so that <see cref="ExecuteAsync"/> would only repeat its answer.</summary>
    protected async Task<bool> IsStoredAsync(TCommand command) =>
        await Store.FindCommandAsync(Stream, command.CommandId) is not null;

    /// <summary>
    /// Decides and stores a command. <paramref name="view"/> is taken from the state right after the command.
    /// <paramref name="repeat"/> makes the first answer again from the events stored then; without it the state of that
    /// version is read back.
    /// </summary>
    protected Task<Outcome<TView>> ExecuteAsync<TView>(
        TCommand command, Func<TState, TView> view, Func<IReadOnlyList<GameEvent>, TView>? repeat = null)
    {
        if (command.CommandId.Length is 0 or > Command.MaxCommandIdLength)
        {
            return Task.FromResult(Outcome.Refuse<TView>(
                Refusal.Invalid("commandId", $"1 to {Command.MaxCommandIdLength} characters")));
        }

        var pending = new Pending<TView>(command, CommandFingerprint.Of(command), view, repeat);
        _queue.Enqueue(pending);
        if (_flushing.IsCompleted)
        {
            _flushing = FlushAsync();
        }

        return pending.Answer;
    }

    private async Task FlushAsync()
    {
        while (_queue.Count > 0)
        {
            var durable = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _durable = durable.Task;
            await FlushBatchAsync(TakeBatch());
            durable.SetResult();

            // Readers that waited for this batch run before the next one changes the state.
            await Task.Yield();
        }
    }

    private List<Pending> TakeBatch()
    {
        var batch = new List<Pending>();
        var ids = new HashSet<string>(StringComparer.Ordinal);

        // A command id that occurs twice waits for the next batch, where the first one's record answers it.
        while (batch.Count < MaxBatch && _queue.TryPeek(out var next) && ids.Add(next.Command.CommandId))
        {
            batch.Add(_queue.Dequeue());
        }

        return batch;
    }

    private async Task FlushBatchAsync(List<Pending> batch)
    {
        try
        {
            await CommitAsync(batch);
            if (_state is not null && _version - _snapshotVersion >= _snapshotInterval)
            {
                await SnapshotAsync();
            }
        }
        catch (EventStoreException exception)
        {
            _state = null;
            EventSourcingLog.StoreFailed(Logger, Stream, exception);
            FailAll(batch, Refusal.Unavailable(RefusalCodes.StoreUnavailable, "The event store cannot be reached; try again with the same command id."));
        }
        catch (Exception exception)
        {
            // A defect in the rules must not be answered with a state that half a batch has been applied to.
            _state = null;
            foreach (var pending in batch)
            {
                pending.Throw(exception);
            }
        }
    }

    private async Task CommitAsync(List<Pending> batch)
    {
        var open = new List<Pending>(batch);
        var conflicts = 0;
        while (open.Count > 0)
        {
            if (_state is null)
            {
                await LoadAsync();
            }

            var (commits, facts) = Decide(open);
            var result = commits.Count == 0 ? await CheckVersionAsync() : await AppendAsync(commits);
            if (result.Status == AppendStatus.Appended)
            {
                if (commits.Count > 0)
                {
                    _version = result.Version;
                    OnCommitted(facts);
                    _services.Listener.OnCommitted(facts, GrainFactory);
                }

                await AnswerAsync(open);
                return;
            }

            _state = null;
            if (result.Status == AppendStatus.Duplicate)
            {
                open = await AnswerKnownAsync(open);
            }
            else if (++conflicts == MaxConflicts)
            {
                FailAll(open, Refusal.Unavailable(
                    RefusalCodes.StreamContended, "Another activation keeps writing to this aggregate; try again."));
                return;
            }
        }
    }

    /// <summary>
    /// What appends nothing meets no version that could be in conflict: a refusal for good must not come from a state that another
    /// activation has written past.
    /// </summary>
    private async Task<AppendResult> CheckVersionAsync()
    {
        await foreach (var newer in Store.ReadAsync(Stream, _version + 1, _version + 1))
        {
            return AppendResult.Conflict(newer.Version);
        }

        return AppendResult.Appended(_version, 0);
    }

    /// <returns>Those whose command id the stream does not hold yet.</returns>
    private async Task<List<Pending>> AnswerKnownAsync(List<Pending> open)
    {
        var unknown = new List<Pending>(open.Count);
        foreach (var pending in open)
        {
            if (await Store.FindCommandAsync(Stream, pending.Command.CommandId) is { } record)
            {
                await RepeatAsync(pending, record);
            }
            else
            {
                unknown.Add(pending);
            }
        }

        return unknown;
    }

    private (List<Commit> Commits, List<GameEvent> Facts) Decide(List<Pending> open)
    {
        var commits = new List<Commit>(open.Count);
        var facts = new List<GameEvent>(open.Count);
        var now = Now;
        var version = _version;
        foreach (var pending in open)
        {
            var decision = _state!.Decide(pending.Command, now);
            if (decision.Events.Length > 0)
            {
                var data = new EventData[decision.Events.Length];
                for (var i = 0; i < data.Length; i++)
                {
                    data[i] = Codec.Encode(decision.Events[i]);
                    _state = _state.Apply(decision.Events[i]);
                    facts.Add(decision.Events[i]);
                }

                version += data.Length;
                commits.Add(new Commit(pending.Command.CommandId, pending.Fingerprint, now, data));
            }

            pending.Prepare(_state, decision, version);
        }

        return (commits, facts);
    }

    private async Task<AppendResult> AppendAsync(List<Commit> commits)
    {
        try
        {
            return await Store.AppendAsync(Stream, _version, commits);
        }
        catch (AppendOutcomeUnknownException exception)
        {
            EventSourcingLog.OutcomeUnknown(Logger, Stream, exception);

            // Only what stands right after the expected version is this append: the same command may be stored from before.
            var until = _version + commits.Sum(commit => commit.Events.Count);
            var first = await Store.FindCommandAsync(Stream, commits[0].CommandId);
            var last = await Store.FindCommandAsync(Stream, commits[^1].CommandId);
            return first?.FirstVersion == _version + 1 && last?.LastVersion == until
                ? AppendResult.Appended(until, 0)
                : AppendResult.Conflict(_version);
        }
    }

    private async Task AnswerAsync(List<Pending> decided)
    {
        foreach (var pending in decided)
        {
            // What the state refuses now, or has no need of, it may have accepted before: the answer to a repeated command is the first one.
            if (pending.ChangesNothing && await Store.FindCommandAsync(Stream, pending.Command.CommandId) is { } record)
            {
                await RepeatAsync(pending, record);
            }
            else
            {
                pending.Complete();
            }
        }
    }

    private async Task RepeatAsync(Pending pending, CommandRecord record)
    {
        if (record.Fingerprint != pending.Fingerprint)
        {
            pending.Refuse(Refusal.Conflict(RefusalCodes.CommandIdReused, "This command id was used before with other content."));
            return;
        }

        var facts = new List<GameEvent>();
        await foreach (var stored in Store.ReadAsync(Stream, record.FirstVersion, record.LastVersion))
        {
            facts.Add(Codec.Decode(stored));
        }

        await pending.RepeatAsync(facts, record.LastVersion, async () =>
            (await CreateReader().ReadAsync(Stream, record.LastVersion)).State);
    }

    /// <summary>
    /// Sets the state to what the store holds. Whoever asks while that is being read gets the same reading: a second one
    /// could end after a command has been stored on top of the first, and would take that command back.
    /// </summary>
    private Task LoadAsync()
    {
        if (_loading.IsCompleted)
        {
            _loading = ReadStoreAsync();
        }

        return _loading;
    }

    private async Task ReadStoreAsync()
    {
        var loaded = await CreateReader().ReadAsync(Stream);
        _state = loaded.State;
        _version = loaded.Version;
        _snapshotVersion = loaded.SnapshotVersion;
        _snapshotInterval = SnapshotIntervalAfter(loaded.SnapshotBytes);
    }

    private async Task SnapshotAsync()
    {
        try
        {
            var bytes = await CreateReader().WriteSnapshotAsync(Stream, _state!, _version, Now);
            _snapshotVersion = _version;
            _snapshotInterval = SnapshotIntervalAfter(bytes);
        }
        catch (EventStoreException exception)
        {
            // A snapshot only shortens the next activation; the log already has everything.
            EventSourcingLog.SnapshotFailed(Logger, Stream, exception);
        }
    }

    private static void FailAll(List<Pending> batch, Refusal refusal) => batch.ForEach(pending => pending.Refuse(refusal));
}
