using System.Collections.Immutable;
using Game.Contracts;
using Game.Contracts.WorldEvents;

namespace Game.Domain.WorldEvents;

/// <summary>The world events one shard has heard of, by id; ids are ordered by start.</summary>
public sealed record WorldEventDirectory : IAggregate<WorldEventDirectory, RecordWorldEvent>
{
    /// <summary>Events kept; the oldest that are over make room.</summary>
    public const int Capacity = 1000;

    public ImmutableSortedDictionary<string, WorldEventSummary> Events { get; init => field = value.WithComparers(NewestFirst.Instance); } =
        ImmutableSortedDictionary.Create<string, WorldEventSummary>(NewestFirst.Instance);

    public static WorldEventDirectory Initial(string id) => new();

    /// <summary>An event as it is at an instant: one that is announced and whose time has come runs.</summary>
    public WorldEventSummary? Find(string eventId, DateTimeOffset now) =>
        Events.TryGetValue(eventId, out var known) ? AsOf(known, now) : null;

    /// <summary>Events that start before <paramref name="beforeEventId"/> does (exclusive; null = the last), latest start first.</summary>
    public IReadOnlyList<WorldEventSummary> List(WorldEventStatus? status, string? beforeEventId, int count, DateTimeOffset now) =>
    [
        .. Events.Values
            .Where(known => beforeEventId is null || NewestFirst.Instance.Compare(known.Id, beforeEventId) > 0)
            .Select(known => AsOf(known, now))
            .Where(known => status is null || known.Status == status)
            .Take(count),
    ];

    /// <summary>The greatest multiplier of the events that ran at an instant; 1 if none did.</summary>
    public int MultiplierAt(DateTimeOffset at) => Events.Values
        .Where(known => known.Status is not (WorldEventStatus.Scheduled or WorldEventStatus.Cancelled)
            && at >= known.Plan.StartsAt && at < known.Plan.EndsAt && (known.EndedAt is not { } ended || at < ended))
        .Select(known => known.Plan.Multiplier)
        .DefaultIfEmpty(1)
        .Max();

    /// <summary>Ids of the events that are not over.</summary>
    public IEnumerable<string> Open() => Events.Values.Where(IsOpen).Select(known => known.Id);

    public Decision Decide(RecordWorldEvent command, DateTimeOffset now)
    {
        var known = Events.GetValueOrDefault(command.EventId);
        var next = Join(known, command.EventId, command.Fact);
        return next == known ? Decision.Nothing : new WorldEventRecorded(now, next);
    }

    public WorldEventDirectory Apply(GameEvent fact) => fact switch
    {
        WorldEventRecorded e => this with { Events = Trim(Events.SetItem(e.Summary.Id, e.Summary)) },
        _ => throw new ArgumentOutOfRangeException(nameof(fact), fact, "An event directory's stream does not hold this event."),
    };

    private static bool IsOpen(WorldEventSummary known) => known.Status is not (WorldEventStatus.Settled or WorldEventStatus.Cancelled);

    private static WorldEventSummary AsOf(WorldEventSummary known, DateTimeOffset now) =>
        known.Status != WorldEventStatus.Announced || now < known.Plan.StartsAt ? known
        : known with { Status = now < known.Plan.EndsAt ? WorldEventStatus.Started : WorldEventStatus.Ended };

    /// <summary>Status and damage only ever grow, so that an event's facts may come twice and in any order.</summary>
    private static WorldEventSummary Join(WorldEventSummary? known, string id, GameEvent fact)
    {
        return fact switch
        {
            WorldEventScheduled e => Reached(e.Plan, WorldEventStatus.Scheduled) with { ScheduledBy = e.Actor },
            WorldEventAnnounced e => Reached(e.Plan, WorldEventStatus.Announced),
            WorldEventCancelled e => Reached(e.Plan, WorldEventStatus.Cancelled) with { CancelledBy = e.Actor, EndedAt = e.At },
            WorldEventEnded e => Ended(e.Plan, e.Ending, e.At) with { CancelledBy = e.Actor ?? known?.CancelledBy },
            BossKilled e => Ended(e.Plan, WorldEventEnding.Killed, e.At),
            WorldEventSettled e => Settled(e.Plan, e.Outcome, e.At),
            WorldEventCorrected e => Settled(e.Plan, e.Outcome, e.At),
            _ => throw new ArgumentOutOfRangeException(nameof(fact), fact, "An event directory does not fold this event."),
        };

        WorldEventSummary Reached(WorldEventPlan plan, WorldEventStatus status)
        {
            var before = known ?? new WorldEventSummary(id, plan, status, "", null, null, null, 0);
            return before with { Status = before.Status > status ? before.Status : status };
        }

        // A boss may turn out to be killed after its time was up; never the other way round.
        WorldEventSummary Ended(WorldEventPlan plan, WorldEventEnding ending, DateTimeOffset at)
        {
            var ended = Reached(plan, WorldEventStatus.Ended);
            return ended with
            {
                EndedAt = ended.EndedAt is { } earlier && earlier < at ? earlier : at,
                Ending = ended.Ending is WorldEventEnding.Killed or WorldEventEnding.Cancelled ? ended.Ending : ending,
            };
        }

        WorldEventSummary Settled(WorldEventPlan plan, WorldEventOutcome outcome, DateTimeOffset at) =>
            Reached(plan, WorldEventStatus.Settled) with
            {
                Damage = Math.Max(known?.Damage ?? 0, outcome.Damage),
                Ending = outcome.Ending,
                EndedAt = known?.EndedAt ?? at,
            };
    }

    private static ImmutableSortedDictionary<string, WorldEventSummary> Trim(ImmutableSortedDictionary<string, WorldEventSummary> events)
    {
        if (events.Count <= Capacity)
        {
            return events;
        }

        var oldest = events.Values.Reverse().FirstOrDefault(known => !IsOpen(known));
        return oldest is null ? events : events.Remove(oldest.Id);
    }
}
