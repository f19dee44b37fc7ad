namespace Game.Contracts;

/// <summary>
/// A fact in an aggregate's stream. Types are frozen: the alias is what the store holds, and a shape that must change
/// becomes a new version with an upcaster. <paramref name="At"/> is the clock of the silo that decided it.
/// </summary>
[GenerateSerializer, Immutable, Alias("game.event")]
public abstract record GameEvent([property: Id(0)] DateTimeOffset At);
