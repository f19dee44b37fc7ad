using Game.Contracts.WorldEvents;
using Game.Domain.WorldEvents;

namespace Game.Silo.Settings;

/// <summary>World events that come again and again. The first shard's settings count for all; operators schedule others.</summary>
public sealed class WorldEventSettings
{
    /// <summary>How long before its start every shard is told of an event, 0–86400 s.</summary>
    public int LeadSeconds { get; set; } = 300;

    public List<WorldEventScheduleSettings> Schedules { get; set; } = [];

    internal IReadOnlyList<WorldEventSchedule> ToSchedules() => [.. Schedules.Select(schedule => schedule.ToSchedule(LeadSeconds))];

    internal IEnumerable<string> Validate(string path)
    {
        if (LeadSeconds is < 0 or > WorldEventLimits.MaxLeadSeconds)
        {
            yield return $"{path}:LeadSeconds: must be 0 to {WorldEventLimits.MaxLeadSeconds}, not {LeadSeconds}.";
        }

        for (var i = 0; i < Schedules.Count; i++)
        {
            // The lead is said once, above.
            foreach (var failure in Schedules[i].ToSchedule(0).Validate())
            {
                yield return $"{path}:Schedules:{i}:{failure}";
            }

            if (Schedules.FindIndex(other => other.Id == Schedules[i].Id) < i)
            {
                yield return $"{path}:Schedules:{i}:Id must be unique, and '{Schedules[i].Id}' is not.";
            }
        }
    }
}

public sealed class WorldEventScheduleSettings
{
    /// <summary><c>[a-z0-9-]{1,32}</c>, unique. Another id makes other events of its occurrences.</summary>
    public string Id { get; set; } = "";

    public WorldEventKind Kind { get; set; } = WorldEventKind.WorldBoss;

    /// <summary>What players read, 1–64 characters.</summary>
    public string Name { get; set; } = "";

    /// <summary>Cron expression (UTC, five fields) of the starts.</summary>
    public string Cron { get; set; } = "";

    /// <summary>5–604800 s.</summary>
    public int DurationSeconds { get; set; } = 1800;

    /// <summary>Of experience, 2–10; for DoubleExperience alone.</summary>
    public int Multiplier { get; set; } = 2;

    /// <summary>Of a WorldBoss, 1–10¹².</summary>
    public long HitPoints { get; set; }

    /// <summary>Experience that those who killed a WorldBoss share by what they dealt, 0–10¹².</summary>
    public long Reward { get; set; }

    internal WorldEventSchedule ToSchedule(int leadSeconds) =>
        new(Id, Kind, Name, Cron, leadSeconds, DurationSeconds, Multiplier, HitPoints, Reward);
}
