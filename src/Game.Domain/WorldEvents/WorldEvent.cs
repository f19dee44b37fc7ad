using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Game.Contracts;
using Game.Contracts.WorldEvents;

namespace Game.Domain.WorldEvents;

/// <summary>
/// A world event as its coordinator sees it. Each front's counters are cumulative and joined by taking the greater one, so
/// that reports may come twice, late, in any order, or not at all if a later one does. A boss is killed at most once: by the
/// report that brings the known damage to its hit points, while nothing is settled yet.
/// </summary>
/// <remarks>
/// Damage dealt before a front hears of the kill counts like any other: it was answered to its player. So the settled damage
/// may exceed the hit points, and is what the reward is shared by.
/// </remarks>
public sealed record WorldEvent(string Id) : IAggregate<WorldEvent, WorldEventCommand>
{
    public WorldEventPlan? Plan { get; init; }

    public WorldEventStatus Status { get; init; }

    public string ScheduledBy { get; init; } = "";

    public string? CancelledBy { get; init; }

    public WorldEventEnding? Ending { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public DateTimeOffset? SettleBy { get; init; }

    public ImmutableSortedDictionary<string, FrontCounters> Fronts { get; init => field = value.WithComparers(StringComparer.Ordinal); } =
        ImmutableSortedDictionary.Create<string, FrontCounters>(StringComparer.Ordinal);

    /// <summary>Grows with every report that changed something.</summary>
    public long Revision { get; init; }

    /// <summary>The revision of the newest pool sent.</summary>
    public long PublishedRevision { get; init; }

    public WorldEventOutcome? Outcome { get; init; }

    [JsonIgnore]
    public bool Exists => Plan is not null;

    [JsonIgnore]
    public bool IsOpen => Exists && Status is not (WorldEventStatus.Settled or WorldEventStatus.Cancelled);

    [JsonIgnore]
    public long Damage => Fronts.Values.Sum(front => front.Damage);

    [JsonIgnore]
    public bool PoolDue => Plan is { Kind: WorldEventKind.WorldBoss } && IsOpen && Revision > PublishedRevision;

    /// <summary>When the next thing happens by itself, or null.</summary>
    [JsonIgnore]
    public DateTimeOffset? Deadline => Plan is not { } plan ? null : Status switch
    {
        WorldEventStatus.Scheduled => plan.AnnounceAt,
        WorldEventStatus.Announced => plan.StartsAt,
        WorldEventStatus.Started => plan.EndsAt,
        WorldEventStatus.Ended => SettleBy,
        _ => null,
    };

    private bool AllFinal => Fronts.Values.All(front => front.Final);

    public static WorldEvent Initial(string id) => new(id);

    /// <summary>Without the fronts' own rankings: the outcome merges them.</summary>
    public WorldEventView ToView() => new(
        Id, Plan!, Status, ScheduledBy, CancelledBy, EndedAt, Damage, [.. Fronts.Values.Select(front => front with { Top = [] })], Outcome);

    public Decision Decide(WorldEventCommand command, DateTimeOffset now) => command switch
    {
        ScheduleWorldEvent c => Schedule(c, now),
        _ when !Exists => Refusal.NotFound(RefusalCodes.EventNotFound, "There is no such event."),
        AnnounceWorldEvent c => Announce(c, now),
        StartWorldEvent => Status != WorldEventStatus.Announced ? Over()
            : now < Plan!.StartsAt ? NotDue("start") : new WorldEventStarted(now),
        ReportEventFront c => Report(c.Counters, now),
        PublishBossPool => PoolDue ? new BossPoolPublished(now, Pool()) : Decision.Nothing,
        EndWorldEvent => Status != WorldEventStatus.Started ? Over()
            : now < Plan!.EndsAt ? NotDue("end") : End(WorldEventEnding.TimeUp, null, now),
        CancelWorldEvent c => Cancel(c, now),
        SettleWorldEvent => Status != WorldEventStatus.Ended ? Over()
            : now < SettleBy && !AllFinal ? NotDue("settle") : Settlement(now),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "A world event does not know this command."),
    };

    public WorldEvent Apply(GameEvent fact) => fact switch
    {
        WorldEventScheduled e => this with { Plan = e.Plan, ScheduledBy = e.Actor },
        WorldEventAnnounced e => this with
        {
            Status = WorldEventStatus.Announced,
            Fronts = Fronts.SetItems(e.Shards.Select(shard => KeyValuePair.Create(shard, new FrontCounters(shard, 0, false, 0, [])))),
        },
        WorldEventCancelled e => this with { Status = WorldEventStatus.Cancelled, CancelledBy = e.Actor, EndedAt = e.At },
        WorldEventStarted => this with { Status = WorldEventStatus.Started },
        EventFrontReported e => this with { Fronts = Fronts.SetItem(e.Counters.Shard, e.Counters), Revision = Revision + 1 },
        BossPoolPublished e => this with { PublishedRevision = e.Pool.Revision },
        BossKilled e => this with
        {
            Status = WorldEventStatus.Ended,
            Ending = WorldEventEnding.Killed,
            EndedAt = EndedAt ?? e.At,
            SettleBy = e.SettleBy,
        },
        WorldEventEnded e => this with
        {
            Status = WorldEventStatus.Ended,
            Ending = e.Ending,
            CancelledBy = e.Actor,
            EndedAt = e.At,
            SettleBy = e.SettleBy,
        },
        WorldEventSettled e => this with { Status = WorldEventStatus.Settled, Outcome = e.Outcome },
        WorldEventCorrected e => this with { Outcome = e.Outcome },
        _ => throw new ArgumentOutOfRangeException(nameof(fact), fact, "A world event's stream does not hold this event."),
    };

    private static Decision NotDue(string what) => Refusal.Conflict(RefusalCodes.EventNotDue, $"It is too early to {what} the event.");

    private static Decision Over() => Refusal.Conflict(RefusalCodes.EventOver, "The event has gone past that, or was called off.");

    private Decision Schedule(ScheduleWorldEvent c, DateTimeOffset now)
    {
        if (Exists)
        {
            return Refusal.Conflict(RefusalCodes.EventExists, "This event is scheduled already.");
        }

        return WorldEventPlans.Check(c.Plan, now) is { } refusal ? refusal : new WorldEventScheduled(now, c.Actor, c.Plan);
    }

    private Decision Announce(AnnounceWorldEvent c, DateTimeOffset now)
    {
        if (Status != WorldEventStatus.Scheduled)
        {
            return Over();
        }

        if (now < Plan!.AnnounceAt)
        {
            return NotDue("announce");
        }

        return now < Plan.EndsAt ? new WorldEventAnnounced(now, Plan, c.Shards) : new WorldEventCancelled(now, Plan, null);
    }

    private Decision Cancel(CancelWorldEvent c, DateTimeOffset now) => Status switch
    {
        WorldEventStatus.Scheduled => new WorldEventCancelled(now, Plan!, c.Actor),

        // Shards that start it by their own clocks may have let players strike: what they dealt is settled like any other.
        WorldEventStatus.Announced or WorldEventStatus.Started => End(WorldEventEnding.Cancelled, c.Actor, now),
        _ => Over(),
    };

    private Decision End(WorldEventEnding ending, string? actor, DateTimeOffset now)
    {
        var ended = new WorldEventEnded(now, Plan!, ending, actor, now + WorldEventLimits.SettleWithin);
        return WithSettlement([ended], now);
    }

    private Decision Report(FrontCounters counters, DateTimeOffset now)
    {
        if (!Fronts.TryGetValue(counters.Shard, out var known))
        {
            return Refusal.Conflict(RefusalCodes.UnknownShard, "That shard is not part of the event.");
        }

        if (known.Final || (counters.Damage <= known.Damage && !counters.Final))
        {
            return Decision.Nothing;
        }

        var reported = new EventFrontReported(now, counters with { Damage = Math.Max(known.Damage, counters.Damage) });
        var after = Apply(reported);
        if (Outcome is { } outcome)
        {
            var missing = outcome.MissingShards.Where(shard => shard != counters.Shard || !counters.Final);
            return Decision.Accept(
                reported, new WorldEventCorrected(now, Plan!, counters.Shard, after.OutcomeOf(outcome.Revision + 1, [.. missing])));
        }

        var mayDie = Plan!.Kind == WorldEventKind.WorldBoss && Ending is not (WorldEventEnding.Killed or WorldEventEnding.Cancelled);
        return mayDie && after.Damage >= Plan.HitPoints
            ? WithSettlement([reported, new BossKilled(now, Plan, after.Damage, SettleBy ?? now + WorldEventLimits.SettleWithin)], now)
            : WithSettlement([reported], now);
    }

    /// <summary>The facts, and the settlement if after them nothing is missing.</summary>
    private Decision WithSettlement(ReadOnlySpan<GameEvent> facts, DateTimeOffset now)
    {
        var after = this;
        foreach (var fact in facts)
        {
            after = after.Apply(fact);
        }

        return after.Status == WorldEventStatus.Ended && after.AllFinal
            ? Decision.Accept([.. facts, after.Settlement(now)])
            : Decision.Accept(facts);
    }

    private WorldEventSettled Settlement(DateTimeOffset now) => new(
        now, Plan!, OutcomeOf(1, [.. Fronts.Values.Where(front => !front.Final).Select(front => front.Shard)]));

    private WorldEventOutcome OutcomeOf(int revision, IReadOnlyList<string> missing) => new(
        Id,
        revision,
        Ending!.Value,
        Damage,
        Fronts.Values.Sum(front => front.Contributors),
        Contributions.Top(Fronts.Values.SelectMany(front => front.Top)),
        missing);

    private BossPool Pool()
    {
        var damage = Damage;
        return new BossPool(Id, Revision, Plan!.HitPoints, damage, Math.Max(0, Plan.HitPoints - damage));
    }
}
