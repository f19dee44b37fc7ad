using Game.Contracts;

namespace Game.Domain.Tests.World;

/// <summary>One aggregate as a grain runs it: decides, applies, and answers a command id it has stored with nothing new.</summary>
internal sealed class Node<TState, TCommand>(TState initial)
    where TState : class, IAggregate<TState, TCommand>
    where TCommand : Command
{
    private readonly HashSet<string> _stored = new(StringComparer.Ordinal);

    public TState State { get; private set; } = initial;

    public long Version { get; private set; }

    public IReadOnlyList<GameEvent> Execute(TCommand command, DateTimeOffset now, out Refusal? refusal)
    {
        refusal = null;
        if (_stored.Contains(command.CommandId))
        {
            return [];
        }

        var (state, decision) = State.Play(command, now);
        State = state;
        Version += decision.Events.Length;
        refusal = decision.Refusal;
        if (decision.Events.Length > 0)
        {
            _stored.Add(command.CommandId);
        }

        return decision.Events;
    }

    /// <summary>Forgets everything but the snapshot, as an activation does.</summary>
    public void Restore() => State = Histories.Restore(State);
}
