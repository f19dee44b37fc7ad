using Game.Domain.WorldEvents;

namespace Game.Grains.WorldEvents;

/// <summary>The recurring events that the settings declare.</summary>
public sealed record WorldEventSchedules(IReadOnlyList<WorldEventSchedule> All)
{
    /// <summary>Whether a shard schedules them for the whole game: the first one does.</summary>
    public bool CoordinatedBy(ShardIdentity shard) => All.Count > 0 && shard.All[0] == shard.Name;
}
