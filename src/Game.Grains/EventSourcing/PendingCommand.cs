using Game.Contracts;
using Game.Domain;

namespace Game.Grains.EventSourcing;

public abstract partial class EventSourcedGrain<TState, TCommand>
{
    /// <summary>A command on its way through a batch: prepared when decided, answered when durable.</summary>
    private abstract class Pending(TCommand command, string fingerprint)
    {
        public TCommand Command { get; } = command;

        public string Fingerprint { get; } = fingerprint;

        /// <summary>Nothing about it is stored: it was refused, or there was nothing to do.</summary>
        public bool ChangesNothing { get; protected set; }

        public abstract void Prepare(TState state, Decision decision, long version);

        public abstract void Complete();

        public abstract Task RepeatAsync(IReadOnlyList<GameEvent> facts, long version, Func<Task<TState>> stateThen);

        public abstract void Refuse(Refusal refusal);

        public abstract void Throw(Exception exception);
    }

    private sealed class Pending<TView>(
        TCommand command, string fingerprint, Func<TState, TView> view, Func<IReadOnlyList<GameEvent>, TView>? repeat)
        : Pending(command, fingerprint)
    {
        // Answers must not run callers inside the flush loop.
        private readonly TaskCompletionSource<Outcome<TView>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Outcome<TView>? _prepared;

        public Task<Outcome<TView>> Answer => _answer.Task;

        public override void Prepare(TState state, Decision decision, long version)
        {
            ChangesNothing = decision.Events.Length == 0;
            _prepared = decision.Refusal is { } refusal
                ? Outcome.Refuse<TView>(refusal)
                : Outcome.Accept(view(state), version);
        }

        public override void Complete() => _answer.TrySetResult(_prepared!);

        public override async Task RepeatAsync(IReadOnlyList<GameEvent> facts, long version, Func<Task<TState>> stateThen) =>
            _answer.TrySetResult(Outcome.Accept(repeat is null ? view(await stateThen()) : repeat(facts), version));

        public override void Refuse(Refusal refusal) => _answer.TrySetResult(Outcome.Refuse<TView>(refusal));

        public override void Throw(Exception exception) => _answer.TrySetException(exception);
    }
}
