namespace Game.Contracts.WorldEvents;

/// <summary>
/// One shard's part of a world event; key: the event id. Starts and ends by the shard's own clock. Nothing about a strike
/// leaves the shard but the front's cumulative counters.
/// </summary>
[Alias("game.IWorldEventFrontGrain")]
public interface IWorldEventFrontGrain : IGrainWithStringKey
{
    [Alias("Handle")]
    Task<Outcome<WorldEventFrontView>> HandleAsync(EventFrontCommand command);

    [Alias("Strike")]
    Task<Outcome<BossStrikeResult>> StrikeAsync(StrikeBoss command);

    /// <summary>The pool as last heard from the coordinator; not durable, the next one replaces it.</summary>
    [Alias("ShowPool")]
    Task ShowPoolAsync(BossPool pool);

    /// <summary>Null if this shard has not heard of the event.</summary>
    [Alias("Get"), ReadOnly]
    Task<WorldEventFrontView?> GetAsync();

    /// <summary>What a player has dealt here; 0 if nothing.</summary>
    [Alias("GetDamage"), ReadOnly]
    Task<long> GetDamageAsync(string player);
}
