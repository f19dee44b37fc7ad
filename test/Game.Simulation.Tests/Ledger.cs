namespace Game.Simulation.Tests;

/// <summary>What players have been told: every one of these must be true in the end.</summary>
internal sealed class Ledger
{
    private readonly List<AcknowledgedStrike> _strikes = [];
    private readonly List<AcknowledgedStrike> _bossStrikes = [];
    private readonly List<AcknowledgedCommand> _commands = [];

    public IReadOnlyList<AcknowledgedStrike> Strikes => _strikes;

    /// <summary>Strikes at world bosses.</summary>
    public IReadOnlyList<AcknowledgedStrike> BossStrikes => _bossStrikes;

    public IReadOnlyList<AcknowledgedCommand> Commands => _commands;

    public long Refused { get; private set; }

    public void Add(AcknowledgedStrike strike) => _strikes.Add(strike);

    public void AddBossStrike(AcknowledgedStrike strike) => _bossStrikes.Add(strike);

    public void Add(AcknowledgedCommand command) => _commands.Add(command);

    public void CountRefusal() => Refused++;
}

internal sealed record AcknowledgedStrike(string CommandId, string Shard, string WarId, string Player, int Power, long PlayerTotal);

internal sealed record AcknowledgedCommand(string CommandId, string Shard, string Stream);
