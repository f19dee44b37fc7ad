namespace Game.Contracts.Players;

/// <summary>One player; key: the player id. Lives on the player's home shard.</summary>
[Alias("game.IPlayerGrain")]
public interface IPlayerGrain : IGrainWithStringKey
{
    [Alias("Handle")]
    Task<Outcome<PlayerView>> HandleAsync(PlayerCommand command);

    /// <summary>The player as last stored, or null if never registered.</summary>
    [Alias("Get"), ReadOnly]
    Task<PlayerView?> GetAsync();

    /// <summary>
    /// Fights for the player's guild on this shard's front of a war: checks membership here, then strikes at the front.
    /// </summary>
    [Alias("Strike")]
    Task<Outcome<Wars.StrikeResult>> StrikeAsync(string commandId, string warId, int power);
}
