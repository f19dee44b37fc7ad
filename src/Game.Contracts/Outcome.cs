using System.Diagnostics.CodeAnalysis;

namespace Game.Contracts;

/// <summary>The answer to a command: a value at a stream version, or a refusal that changed nothing.</summary>
[GenerateSerializer, Immutable, Alias("game.outcome`1")]
public sealed record Outcome<T>(
    [property: Id(0)] T? Value,
    [property: Id(1)] Refusal? Refusal,
    [property: Id(2)] long Version)
{
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool Accepted => Refusal is null;
}

public static class Outcome
{
    public static Outcome<T> Accept<T>(T value, long version) => new(value, null, version);

    public static Outcome<T> Refuse<T>(Refusal refusal) => new(default, refusal, 0);
}
