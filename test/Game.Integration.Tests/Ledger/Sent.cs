using Game.Contracts.Analytics;

namespace Game.Integration.Tests.Ledger;

/// <summary>What becomes of a record of the script.</summary>
internal enum Fate
{
    /// <summary>Counts.</summary>
    Counts,

    /// <summary>Has been sent before: is passed over.</summary>
    Repeated,

    /// <summary>Cannot be an action: becomes a dead letter whose reason names <see cref="Sent.Reason"/>.</summary>
    Poison,
}

/// <summary>A record of the script.</summary>
/// <param name="Bucket">Its key; null: none.</param>
/// <param name="Body">Its value.</param>
/// <param name="Fate">What becomes of it.</param>
internal sealed record Sent(string? Bucket, byte[] Body, Fate Fate)
{
    /// <summary>Who acts, and what; null on poison.</summary>
    public (ScriptPlayer Player, PlayerAction Action)? What { get; init; }

    /// <summary>On poison.</summary>
    public string Reason { get; init; } = "";

    public string Type { get; init; } = "game.analytics.action";

    public string Version { get; init; } = "1";
}
