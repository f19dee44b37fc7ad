using System.Text.Json;
using System.Text.Json.Serialization;
using FsCheck;
using FsCheck.Fluent;
using Game.Contracts;

namespace Game.Domain.Tests;

/// <summary>Runs commands on a state as a grain does, and checks what must hold after every one of them.</summary>
internal static class Histories
{
    public static readonly DateTimeOffset Noon = new(2026, 7, 13, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Seeds of random histories; a failing one is printed by FsCheck.</summary>
    public static Arbitrary<int> Seeds { get; } = Gen.Choose(0, int.MaxValue).ToArbitrary();

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Decides and applies; the refusal, if there is one, stays with the decision.</summary>
    public static (TState State, Decision Decision) Play<TState, TCommand>(this TState state, TCommand command, DateTimeOffset? now = null)
        where TState : class, IAggregate<TState, TCommand>
        where TCommand : Command
    {
        var decision = state.Decide(command, now ?? Noon);
        return (decision.Events.Aggregate(state, (current, fact) => current.Apply(fact)), decision);
    }

    /// <summary>Plays commands that must all be accepted.</summary>
    public static TState After<TState, TCommand>(this TState state, params ReadOnlySpan<TCommand> commands)
        where TState : class, IAggregate<TState, TCommand>
        where TCommand : Command
    {
        foreach (var command in commands)
        {
            var (next, decision) = state.Play(command);
            Assert.Null(decision.Refusal);
            state = next;
        }

        return state;
    }

    /// <summary>
    /// Plays random commands: none throws, a refused one changes nothing, the state survives its snapshot at every step, and
    /// <paramref name="invariant"/> holds throughout.
    /// </summary>
    public static void PlayRandomly<TState, TCommand>(
        TState state, int seed, int length, Func<Random, TState, TCommand> next, Action<TState> invariant)
        where TState : class, IAggregate<TState, TCommand>
        where TCommand : Command
    {
        var random = new Random(seed);
        var now = Noon;
        for (var i = 0; i < length; i++)
        {
            now += TimeSpan.FromSeconds(random.Next(0, 5));
            var before = Write(state);
            var (after, decision) = state.Play(next(random, state), now);
            Assert.Equal(before, Write(state));
            if (decision.Events.IsEmpty)
            {
                Assert.Same(state, after);
            }

            var restored = Restore(after);
            Assert.Equal(Write(after), Write(restored));
            invariant(after);
            state = random.Next(2) == 0 ? restored : after;
        }
    }

    /// <summary>The state as it comes back from its snapshot.</summary>
    public static TState Restore<TState>(TState state) => JsonSerializer.Deserialize<TState>(Write(state), Json)!;

    private static string Write<TState>(TState state) => JsonSerializer.Serialize(state, Json);
}
