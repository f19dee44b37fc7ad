namespace Game.Contracts.WorldEvents;

/// <summary>Schedules the next occurrence of every recurring event of the settings; key: the coordinating shard.</summary>
[Alias("game.IWorldEventCalendarGrain")]
public interface IWorldEventCalendarGrain : IGrainWithStringKey
{
    /// <summary>Plans what is not planned yet; from then on a timer and a reminder do.</summary>
    [Alias("Plan")]
    Task PlanAsync();
}
