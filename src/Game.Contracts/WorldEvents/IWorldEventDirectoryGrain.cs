namespace Game.Contracts.WorldEvents;

/// <summary>
/// The events that one shard knows of; key: the shard. A projection kept from what the bus brings. Says by the shard's own
/// clock what runs.
/// </summary>
[Alias("game.IWorldEventDirectoryGrain")]
public interface IWorldEventDirectoryGrain : IGrainWithStringKey
{
    [Alias("Record")]
    Task<Outcome<WorldEventSummary>> RecordAsync(RecordWorldEvent command);

    [Alias("Find"), ReadOnly]
    Task<WorldEventSummary?> FindAsync(string eventId);

    /// <summary>Events that start before <paramref name="beforeEventId"/> does (exclusive; null = the last), latest start first.</summary>
    [Alias("List"), ReadOnly]
    Task<IReadOnlyList<WorldEventSummary>> ListAsync(WorldEventStatus? status, string? beforeEventId, int count);

    /// <summary>What experience earned at an instant is multiplied by: the greatest multiplier of the events that ran then, or 1.</summary>
    [Alias("GetMultiplier"), ReadOnly]
    Task<int> GetMultiplierAsync(DateTimeOffset at);

    /// <summary>Wakes what this shard has to do with events that are not over, after a start. A hint: reminders do it too.</summary>
    [Alias("Wake"), OneWay]
    Task WakeAsync();
}
