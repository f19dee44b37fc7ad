using System.Globalization;

namespace Game.Gateway.Tests.Fuzzing;

/// <summary>How much is tried, and from which seed.</summary>
internal static class FuzzSettings
{
    private static readonly int Count = Read("GAME_FUZZ_COUNT") ?? 24_000;

    /// <summary>Printed by every run.</summary>
    public static int Seed { get; } = Read("GAME_FUZZ_SEED") ?? Random.Shared.Next();

    /// <summary>HTTP requests: half of all.</summary>
    public static int Requests => Count / 2;

    /// <summary>Frames: the other half.</summary>
    public static int Frames => Count / 2;

    private static int? Read(string name) =>
        Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
