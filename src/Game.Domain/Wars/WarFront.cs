using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Game.Contracts;
using Game.Contracts.Wars;

namespace Game.Domain.Wars;

/// <summary>
/// One shard's part of a war: who earned how much here, and in the end the outcome everywhere. A front that hears of the
/// end before the beginning is closed from the start.
/// </summary>
public sealed record WarFront(string WarId) : IAggregate<WarFront, FrontCommand>
{
    public string Attacker { get; init; } = "";

    public string Defender { get; init; } = "";

    public DateTimeOffset? EndsAt { get; init; }

    public bool Closed { get; init; }

    public WarPoints Points { get; init; }

    public long Strikes { get; init; }

    /// <summary>Points of each fighter, by player id, in the same order in every process.</summary>
    public ImmutableSortedDictionary<string, long> Fighters { get; init => field = value.WithComparers(StringComparer.Ordinal); } =
        ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal);

    public WarOutcome? Outcome { get; init; }

    /// <summary>When the first outcome was recorded here: what the awards are multiplied by is that of this instant.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    public bool AwardsPaid { get; init; }

    [JsonIgnore]
    public bool Exists => EndsAt is not null;

    [JsonIgnore]
    public bool AwardsDue => Outcome is not null && !AwardsPaid;

    public static WarFront Initial(string id) => new(id);

    /// <summary>Experience for points earned in a war: one for one.</summary>
    public static long ExperienceFor(long points) => points;

    public long PointsOf(string player) => Fighters.GetValueOrDefault(player);

    public FrontView ToView() => new(
        WarId, Attacker, Defender, EndsAt ?? DateTimeOffset.MinValue, Closed, Points, Strikes, null, Outcome);

    public Decision Decide(FrontCommand command, DateTimeOffset now) => command switch
    {
        OpenFront c => Exists ? Decision.Nothing : new FrontOpened(now, c.Attacker, c.Defender, c.EndsAt),
        LandStrike c => Strike(c, now),
        CloseFront => Closed ? Decision.Nothing : new FrontClosed(now, Points),
        RecordOutcome c => Record(c, now),
        ConfirmAwards => AwardsDue
            ? new AwardsPaid(now)
            : Refusal.Conflict(RefusalCodes.NoAwardsDue, "No awards are due on this front."),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "A front does not know this command."),
    };

    public WarFront Apply(GameEvent fact) => fact switch
    {
        FrontOpened e => this with { Attacker = e.Attacker, Defender = e.Defender, EndsAt = e.EndsAt },
        StrikeLanded e => this with
        {
            Points = e.FrontTotal,
            Strikes = Strikes + 1,
            Fighters = Fighters.SetItem(e.Player, e.PlayerTotal),
        },
        FrontClosed => this with { Closed = true },
        OutcomeRecorded e => this with { Outcome = e.Outcome, DecidedAt = DecidedAt ?? e.At },
        Contracts.Wars.AwardsPaid => this with { AwardsPaid = true },
        _ => throw new ArgumentOutOfRangeException(nameof(fact), fact, "A front's stream does not hold this event."),
    };

    private Decision Strike(LandStrike c, DateTimeOffset now)
    {
        if (c.Power is < WarLimits.MinPower or > WarLimits.MaxPower)
        {
            return Refusal.Invalid("power", $"{WarLimits.MinPower} to {WarLimits.MaxPower}");
        }

        if (!Exists)
        {
            return Refusal.Conflict(RefusalCodes.FrontNotOpen, "The war has no open front on this shard.");
        }

        if (Closed || now > EndsAt)
        {
            return Refusal.Conflict(RefusalCodes.WarClosed, "The war is over on this shard.");
        }

        if (c.Guild != Attacker && c.Guild != Defender)
        {
            return Refusal.Forbidden(RefusalCodes.NotInWar, "The player's guild is not part of this war.");
        }

        var total = Points + (c.Guild == Attacker ? new WarPoints(c.Power, 0) : new WarPoints(0, c.Power));
        return new StrikeLanded(now, c.Player, c.Guild, c.Power, total, PointsOf(c.Player) + c.Power);
    }

    private Decision Record(RecordOutcome c, DateTimeOffset now)
    {
        if (c.Outcome.Revision <= (Outcome?.Revision ?? 0))
        {
            return Decision.Nothing;
        }

        var recorded = new OutcomeRecorded(now, c.Outcome);
        return Closed ? recorded : Decision.Accept(new FrontClosed(now, Points), recorded);
    }
}
