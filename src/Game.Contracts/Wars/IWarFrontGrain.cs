namespace Game.Contracts.Wars;

/// <summary>
/// One shard's part of a war; key: the war id (each shard has its own cluster). Strikes are decided here and stored in
/// batches; nothing about a strike leaves the shard but the front's cumulative counters.
/// </summary>
[Alias("game.IWarFrontGrain")]
public interface IWarFrontGrain : IGrainWithStringKey
{
    [Alias("Handle")]
    Task<Outcome<FrontView>> HandleAsync(FrontCommand command);

    [Alias("Strike")]
    Task<Outcome<StrikeResult>> StrikeAsync(LandStrike command);

    /// <summary>The answer that a player's strike of this command id and power was given, or null if none is stored.</summary>
    [Alias("FindStrike")]
    Task<Outcome<StrikeResult>?> FindStrikeAsync(string commandId, string player, int power);

    /// <summary>The war's scoreboard as last heard from the coordinator; not durable, the next one replaces it.</summary>
    [Alias("ShowScoreboard")]
    Task ShowScoreboardAsync(Scoreboard scoreboard);

    [Alias("Get"), ReadOnly]
    Task<FrontView?> GetAsync();
}
