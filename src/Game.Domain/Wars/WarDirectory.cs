using System.Collections.Immutable;
using Game.Contracts;
using Game.Contracts.Wars;

namespace Game.Domain.Wars;

/// <summary>The wars one shard has heard of, by id; ids are ordered by time.</summary>
public sealed record WarDirectory : IAggregate<WarDirectory, RecordWar>
{
    /// <summary>Wars kept; the oldest that are over make room.</summary>
    public const int Capacity = 1000;

    public ImmutableSortedDictionary<string, WarSummary> Wars { get; init => field = value.WithComparers(NewestFirst.Instance); } =
        ImmutableSortedDictionary.Create<string, WarSummary>(NewestFirst.Instance);

    public static WarDirectory Initial(string id) => new();

    public WarSummary? Find(string warId) => Wars.GetValueOrDefault(warId);

    /// <summary>Wars older than <paramref name="beforeWarId"/> (exclusive; null = newest), newest first.</summary>
    public IReadOnlyList<WarSummary> List(string? guildId, WarStatus? status, string? beforeWarId, int count) =>
    [
        .. Wars.Values
            .Where(war => beforeWarId is null || NewestFirst.Instance.Compare(war.Id, beforeWarId) > 0)
            .Where(war => guildId is null || war.Attacker == guildId || war.Defender == guildId)
            .Where(war => status is null || war.Status == status)
            .Take(count),
    ];

    public Decision Decide(RecordWar command, DateTimeOffset now)
    {
        var known = Find(command.WarId);
        if (known is null && command.Fact is WarEnded)
        {
            // It does not say whose war it is, and the outcome that follows does.
            return Decision.Nothing;
        }

        var next = Join(known ?? new WarSummary(command.WarId, "", "", "", WarStatus.Declared, null, default, null), command.Fact);
        return next == known ? Decision.Nothing : new WarRecorded(now, next);
    }

    public WarDirectory Apply(GameEvent fact) => fact switch
    {
        WarRecorded e => this with { Wars = Trim(Wars.SetItem(e.Summary.Id, e.Summary)) },
        _ => throw new ArgumentOutOfRangeException(nameof(fact), fact, "A war directory's stream does not hold this event."),
    };

    /// <summary>Status, end and points only ever grow, so that a war's events may come twice and in any order.</summary>
    private static WarSummary Join(WarSummary known, GameEvent fact)
    {
        return fact switch
        {
            WarDeclared e => known with { Attacker = e.Attacker, AttackerName = e.AttackerName, Defender = e.Defender },
            WarCancelled e => Reached(WarStatus.Cancelled) with { Attacker = e.Attacker, Defender = e.Defender },
            WarStarted e => Reached(WarStatus.Started) with
            {
                Attacker = e.Attacker,
                AttackerName = e.AttackerName,
                Defender = e.Defender,
                EndsAt = e.EndsAt,
            },
            WarEnded => Reached(WarStatus.Ended),
            WarSettled e => Settled(e.Outcome) with { Attacker = e.Attacker, Defender = e.Defender },
            WarCorrected e => Settled(e.Outcome),
            _ => throw new ArgumentOutOfRangeException(nameof(fact), fact, "A war directory does not fold this event."),
        };

        WarSummary Reached(WarStatus status) => known with { Status = known.Status > status ? known.Status : status };

        WarSummary Settled(WarOutcome outcome) => Reached(WarStatus.Settled) with
        {
            Total = WarPoints.Max(known.Total, outcome.Total),
            Winner = outcome.Winner,
        };
    }

    private static ImmutableSortedDictionary<string, WarSummary> Trim(ImmutableSortedDictionary<string, WarSummary> wars)
    {
        if (wars.Count <= Capacity)
        {
            return wars;
        }

        var oldest = wars.Values.Reverse().FirstOrDefault(war => war.Status is WarStatus.Settled or WarStatus.Cancelled);
        return oldest is null ? wars : wars.Remove(oldest.Id);
    }
}
