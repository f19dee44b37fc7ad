using System.Security.Cryptography;
using System.Text;
using Game.Contracts.Identity;
using Game.Contracts.WorldEvents;
using Game.Domain.Time;

namespace Game.Domain.WorldEvents;

/// <summary>A recurring event as the settings declare it.</summary>
/// <param name="Id"><c>[a-z0-9-]</c>, 1 to 32 characters; with the start it identifies an occurrence.</param>
/// <param name="Cron">When occurrences start (<see cref="CronSchedule"/>).</param>
/// <param name="LeadSeconds">How long ahead shards are told, 0 to <see cref="WorldEventLimits.MaxLeadSeconds"/>.</param>
/// <param name="DurationSeconds">
/// <see cref="WorldEventLimits.MinDurationSeconds"/> to <see cref="WorldEventLimits.MaxDurationSeconds"/>.
/// </param>
/// <param name="Multiplier">Of experience; only for <see cref="WorldEventKind.DoubleExperience"/>.</param>
/// <param name="HitPoints">Only for <see cref="WorldEventKind.WorldBoss"/>.</param>
/// <param name="Reward">Experience that the slayers share; only for <see cref="WorldEventKind.WorldBoss"/>.</param>
public sealed record WorldEventSchedule(
    string Id,
    WorldEventKind Kind,
    string Name,
    string Cron,
    int LeadSeconds,
    int DurationSeconds,
    int Multiplier,
    long HitPoints,
    long Reward)
{
    /// <summary>What is wrong with it, each with the property's name; empty if nothing.</summary>
    public IEnumerable<string> Validate()
    {
        if (!ShardId.IsValid(Id))
        {
            yield return $"{nameof(Id)} must be [a-z0-9-], 1 to {ShardId.MaxLength} characters, not '{Id}'.";
        }

        if (!CronSchedule.TryParse(Cron, out _, out var error))
        {
            yield return $"{nameof(Cron)}: {error}";
        }

        if (WorldEventPlans.CheckShape(PlanAt(DateTimeOffset.UnixEpoch + WorldEventLimits.MaxAhead)) is { } refusal)
        {
            yield return $"{char.ToUpperInvariant(refusal.Field![0])}{refusal.Field[1..]} must be {refusal.Limit}.";
        }
    }

    /// <summary>The first occurrence that starts later than <paramref name="now"/>, or null if there is none any more.</summary>
    public DateTimeOffset? Next(DateTimeOffset now) => CronSchedule.Parse(Cron).Next(now);

    public WorldEventPlan PlanAt(DateTimeOffset startsAt) => WorldEventPlan.Of(
        Kind, Name, startsAt, TimeSpan.FromSeconds(LeadSeconds), TimeSpan.FromSeconds(DurationSeconds), Multiplier, HitPoints, Reward);

    /// <summary>The same occurrence has the same id, so it is scheduled once, whoever does it.</summary>
    public string OccurrenceId(string shard, DateTimeOffset startsAt) => IdOf(shard, startsAt, $"schedule:{Id}");

    /// <summary>An event's id, made of its start and of what else identifies it.</summary>
    public static string IdOf(string shard, DateTimeOffset startsAt, string key) => new EntityId(
        shard, Ulid.From(startsAt, SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 10))).ToString();
}
