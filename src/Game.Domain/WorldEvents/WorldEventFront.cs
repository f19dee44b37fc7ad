using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Game.Contracts;
using Game.Contracts.WorldEvents;

namespace Game.Domain.WorldEvents;

/// <summary>
/// One shard's part of a world event. It runs from its start to its end by the shard's own clock, whether or not anybody has
/// said so, and whenever it was heard of; who hears of the end before the beginning is closed from the start.
/// </summary>
public sealed record WorldEventFront(string EventId) : IAggregate<WorldEventFront, EventFrontCommand>
{
    private const int Shown = 10;

    public WorldEventPlan? Plan { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    public long Damage { get; init; }

    /// <summary>Damage of each contributor, by player id, in the same order in every process.</summary>
    public ImmutableSortedDictionary<string, long> Contributors { get; init => field = value.WithComparers(StringComparer.Ordinal); } =
        ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal);

    public WorldEventOutcome? Outcome { get; init; }

    /// <summary>The first outcome that counts this front: its contributors are rewarded by it, whatever is corrected later.</summary>
    public WorldEventOutcome? PayingOutcome { get; init; }

    /// <summary>When <see cref="PayingOutcome"/> was recorded here.</summary>
    public DateTimeOffset? PayingSince { get; init; }

    public bool RewardsPaid { get; init; }

    [JsonIgnore]
    public bool Exists => Plan is not null || ClosedAt is not null;

    [JsonIgnore]
    public bool RewardsDue => PayingOutcome is not null && !RewardsPaid;

    /// <summary>When the next thing happens by itself, or null.</summary>
    [JsonIgnore]
    public DateTimeOffset? Deadline => ClosedAt is not null ? null : StartedAt is null ? Plan?.StartsAt : Plan?.EndsAt;

    public static WorldEventFront Initial(string id) => new(id);

    public long DamageOf(string player) => Contributors.GetValueOrDefault(player);

    public long ShareOf(long damage) => Contributions.ShareOf(Plan!, PayingOutcome!, damage);

    public WorldEventFrontView ToView() => new(
        EventId, Plan, StartedAt, ClosedAt, 0, Damage, Contributors.Count, Ranking(Shown), null, Outcome, RewardsPaid);

    public Decision Decide(EventFrontCommand command, DateTimeOffset now) => command switch
    {
        OpenEventFront c => Plan is null ? new EventFrontOpened(now, c.Plan) : Decision.Nothing,
        StartEventFront => Start(now),
        StrikeBoss c => Strike(c, now),
        EndEventFront => ClosedAt is not null ? Decision.Nothing
            : Plan is null || now < Plan.EndsAt ? Refusal.Conflict(RefusalCodes.EventNotDue, "The event's time is not over.")
            : Close(WorldEventEnding.TimeUp, now),
        CloseEventFront c => ClosedAt is null ? Close(c.Ending, now) : Decision.Nothing,
        RecordEventOutcome c => Record(c, now),
        ConfirmEventRewards => RewardsDue
            ? new EventRewardsPaid(now)
            : Refusal.Conflict(RefusalCodes.NoAwardsDue, "No rewards are due on this front."),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "An event's front does not know this command."),
    };

    public WorldEventFront Apply(GameEvent fact) => fact switch
    {
        EventFrontOpened e => this with { Plan = e.Plan },
        EventFrontStarted e => this with { StartedAt = e.At },
        BossStruck e => this with { Damage = e.FrontTotal, Contributors = Contributors.SetItem(e.Player, e.PlayerTotal) },
        EventFrontClosed e => this with { ClosedAt = e.At },
        EventOutcomeRecorded e => this with
        {
            Plan = Plan ?? e.Plan,
            Outcome = e.Outcome,
            PayingOutcome = e.Pays ? e.Outcome : PayingOutcome,
            PayingSince = e.Pays ? e.At : PayingSince,
        },
        EventRewardsPaid => this with { RewardsPaid = true },
        _ => throw new ArgumentOutOfRangeException(nameof(fact), fact, "An event front's stream does not hold this event."),
    };

    private IReadOnlyList<Contribution> Ranking(int count) =>
        Contributions.Top(Contributors.Select(entry => new Contribution(entry.Key, entry.Value)), count);

    private Decision Start(DateTimeOffset now) =>
        StartedAt is not null || ClosedAt is not null ? Decision.Nothing
        : Plan is null || now < Plan.StartsAt ? Refusal.Conflict(RefusalCodes.EventNotDue, "The event's time has not come.")
        : now < Plan.EndsAt ? new EventFrontStarted(now)
        : Close(WorldEventEnding.TimeUp, now);

    private Decision Strike(StrikeBoss c, DateTimeOffset now)
    {
        if (c.Power is < WorldEventLimits.MinPower or > WorldEventLimits.MaxPower)
        {
            return Refusal.Invalid("power", $"{WorldEventLimits.MinPower} to {WorldEventLimits.MaxPower}");
        }

        if (ClosedAt is not null || (Plan is { } known && now >= known.EndsAt))
        {
            return Refusal.Conflict(RefusalCodes.EventOver, "The event is over on this shard.");
        }

        if (Plan is not { } plan)
        {
            return Refusal.NotFound(RefusalCodes.EventNotFound, "This shard has heard of no such event.");
        }

        if (plan.Kind != WorldEventKind.WorldBoss)
        {
            return Refusal.Conflict(RefusalCodes.NoBoss, "The event has no boss to strike.");
        }

        if (now < plan.StartsAt)
        {
            return Refusal.Conflict(RefusalCodes.EventNotStarted, "The event has not started.");
        }

        var struck = new BossStruck(now, c.Player, c.Power, Damage + c.Power, DamageOf(c.Player) + c.Power);
        return StartedAt is null ? Decision.Accept(new EventFrontStarted(now), struck) : struck;
    }

    private EventFrontClosed Close(WorldEventEnding ending, DateTimeOffset now) =>
        new(now, ending, Damage, Contributors.Count, Ranking(WorldEventLimits.RankedContributions));

    private Decision Record(RecordEventOutcome c, DateTimeOffset now)
    {
        if (c.Outcome.Revision <= (Outcome?.Revision ?? 0))
        {
            return Decision.Nothing;
        }

        var pays = PayingOutcome is null && !c.Outcome.MissingShards.Contains(c.Shard);
        var recorded = new EventOutcomeRecorded(now, c.Plan, c.Outcome, pays);
        return ClosedAt is null ? Decision.Accept(Close(c.Outcome.Ending, now), recorded) : recorded;
    }
}
