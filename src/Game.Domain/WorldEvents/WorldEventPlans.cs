using Game.Contracts;
using Game.Contracts.WorldEvents;

namespace Game.Domain.WorldEvents;

/// <summary>What a plan must look like.</summary>
public static class WorldEventPlans
{
    /// <summary>What is wrong with a plan that is to be scheduled now, or null.</summary>
    public static Refusal? Check(WorldEventPlan plan, DateTimeOffset now)
    {
        if (plan.StartsAt < now - WorldEventLimits.MaxBehind || plan.StartsAt > now + WorldEventLimits.MaxAhead)
        {
            return Refusal.Invalid("startsAt", WorldEventLimits.Start);
        }

        return CheckShape(plan);
    }

    /// <summary>The same, but for when it starts.</summary>
    public static Refusal? CheckShape(WorldEventPlan plan)
    {
        if (!Enum.IsDefined(plan.Kind))
        {
            return Refusal.Invalid("kind", "doubleExperience or worldBoss");
        }

        if (plan.Name.Length is 0 or > WorldEventLimits.MaxNameLength || plan.Name.Any(char.IsControl))
        {
            return Refusal.Invalid("name", $"1 to {WorldEventLimits.MaxNameLength} characters, none of them control characters");
        }

        var (lead, duration) = (plan.StartsAt - plan.AnnounceAt, plan.EndsAt - plan.StartsAt);
        if (lead.TotalSeconds is < 0 or > WorldEventLimits.MaxLeadSeconds)
        {
            return Refusal.Invalid("leadSeconds", $"0 to {WorldEventLimits.MaxLeadSeconds}");
        }

        if (duration.TotalSeconds is < WorldEventLimits.MinDurationSeconds or > WorldEventLimits.MaxDurationSeconds)
        {
            return Refusal.Invalid("durationSeconds", $"{WorldEventLimits.MinDurationSeconds} to {WorldEventLimits.MaxDurationSeconds}");
        }

        return plan.Kind == WorldEventKind.WorldBoss ? CheckBoss(plan)
            : plan.Multiplier is < WorldEventLimits.MinMultiplier or > WorldEventLimits.MaxMultiplier
                ? Refusal.Invalid("multiplier", $"{WorldEventLimits.MinMultiplier} to {WorldEventLimits.MaxMultiplier}")
                : null;
    }

    private static Refusal? CheckBoss(WorldEventPlan plan) =>
        plan.HitPoints is < 1 or > WorldEventLimits.MaxHitPoints ? Refusal.Invalid("hitPoints", $"1 to {WorldEventLimits.MaxHitPoints}")
        : plan.Reward is < 0 or > WorldEventLimits.MaxReward ? Refusal.Invalid("reward", $"0 to {WorldEventLimits.MaxReward}")
        : null;
}
