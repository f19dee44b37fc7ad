using Game.Contracts;

namespace Game.Domain;

/// <summary>
/// An event-sourced state: pure, without clock, randomness or I/O. <see cref="Decide"/> turns a command into events or a
/// refusal and changes nothing; <see cref="Apply"/> folds one event and never refuses, because what is stored has happened.
/// </summary>
/// <typeparam name="TSelf">The state. May be mutable: the caller then uses only what <see cref="Apply"/> returned.</typeparam>
/// <typeparam name="TCommand">What it decides on.</typeparam>
public interface IAggregate<TSelf, in TCommand>
    where TSelf : IAggregate<TSelf, TCommand>
    where TCommand : Command
{
    /// <summary>The state before the first event of the aggregate with this id.</summary>
    static abstract TSelf Initial(string id);

    Decision Decide(TCommand command, DateTimeOffset now);

    TSelf Apply(GameEvent fact);
}
