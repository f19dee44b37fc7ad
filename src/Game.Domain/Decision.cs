using System.Collections.Immutable;
using Game.Contracts;

namespace Game.Domain;

/// <summary>What a command leads to: events to append (possibly none), or a refusal, or rarely both.</summary>
public readonly record struct Decision
{
    private readonly ImmutableArray<GameEvent> _events;

    private Decision(ImmutableArray<GameEvent> events, Refusal? refusal)
    {
        _events = events;
        Refusal = refusal;
    }

    /// <summary>Nothing to do: accepted, and nothing is appended.</summary>
    public static Decision Nothing => default;

    public ImmutableArray<GameEvent> Events => _events.IsDefault ? [] : _events;

    public Refusal? Refusal { get; }

    public static Decision Accept(params ReadOnlySpan<GameEvent> events) => new([.. events], null);

    public static Decision Refuse(Refusal refusal) => new([], refusal);

    /// <summary>Refuses, and yet something has happened that must be kept (a session revoked because its token was stolen).</summary>
    public static Decision RefuseAndRecord(Refusal refusal, GameEvent fact) => new([fact], refusal);

    public static implicit operator Decision(GameEvent fact) => Accept(fact);

    public static implicit operator Decision(Refusal refusal) => Refuse(refusal);
}
