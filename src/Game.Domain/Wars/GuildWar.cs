using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Game.Contracts;
using Game.Contracts.Wars;

namespace Game.Domain.Wars;

/// <summary>
/// A war as its coordinator sees it. Each front's counters are cumulative and joined by taking the greater one, so that
/// reports may come twice, late, in any order, or not at all if a later one does.
/// </summary>
public sealed record GuildWar(string Id) : IAggregate<GuildWar, WarCommand>
{
    public string Attacker { get; init; } = "";

    public string AttackerName { get; init; } = "";

    public string Defender { get; init; } = "";

    public string? DefenderName { get; init; }

    public WarStatus Status { get; init; }

    public long Wager { get; init; }

    public int DurationSeconds { get; init; }

    public DateTimeOffset? DeclaredAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndsAt { get; init; }

    public DateTimeOffset? SettleBy { get; init; }

    public DateTimeOffset? SettledAt { get; init; }

    public ImmutableSortedDictionary<string, ShardPoints> Fronts { get; init => field = value.WithComparers(StringComparer.Ordinal); } =
        ImmutableSortedDictionary.Create<string, ShardPoints>(StringComparer.Ordinal);

    /// <summary>Grows with every report that changed something.</summary>
    public long Revision { get; init; }

    /// <summary>The revision of the newest scoreboard sent.</summary>
    public long PublishedRevision { get; init; }

    public WarOutcome? Outcome { get; init; }

    public string? CancelReason { get; init; }

    [JsonIgnore]
    public bool Exists => DeclaredAt is not null;

    [JsonIgnore]
    public bool IsOpen => Exists && Status is not (WarStatus.Settled or WarStatus.Cancelled);

    [JsonIgnore]
    public bool ScoreboardDue => Status is WarStatus.Started or WarStatus.Ended && Revision > PublishedRevision;

    [JsonIgnore]
    public WarPoints Total => Fronts.Values.Aggregate(default(WarPoints), (sum, front) => sum + front.Points);

    /// <summary>When the next thing happens by itself, or null.</summary>
    [JsonIgnore]
    public DateTimeOffset? Deadline => !Exists ? null : Status switch
    {
        WarStatus.Declared => ExpiresAt,
        WarStatus.Started => EndsAt,
        WarStatus.Ended => SettleBy,
        _ => null,
    };

    public static GuildWar Initial(string id) => new(id);

    public WarView ToView() => new(
        Id, Attacker, AttackerName, Defender, DefenderName, Status, Wager, DurationSeconds,
        DeclaredAt ?? DateTimeOffset.MinValue, StartedAt, EndsAt, SettledAt, Total, [.. Fronts.Values],
        Outcome?.Winner, Outcome?.MissingShards ?? [], Outcome is null ? 0 : Outcome.Revision - 1, CancelReason, ExpiresAt, SettleBy);

    public Decision Decide(WarCommand command, DateTimeOffset now) => command switch
    {
        DeclareWar c => Declare(c, now),
        _ when !Exists => Refusal.NotFound(RefusalCodes.WarNotFound, "There is no such war."),
        CancelWar c => Status == WarStatus.Declared
            ? new WarCancelled(now, Attacker, Defender, c.Actor, c.Reason)
            : Refusal.Conflict(RefusalCodes.WarNotDeclared, "Only a war that has not started can be cancelled."),
        StartWar c => Start(c, now),
        ReportFront c => Report(c, now),
        PublishScoreboard => ScoreboardDue
            ? new ScoreboardPublished(now, new Scoreboard(Id, Revision, Total, [.. Fronts.Values]))
            : Decision.Nothing,
        EndWar => End(now),
        SettleWar => Settle(now),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "A war does not know this command."),
    };

    public GuildWar Apply(GameEvent fact) => fact switch
    {
        WarDeclared e => this with
        {
            Attacker = e.Attacker,
            AttackerName = e.AttackerName,
            Defender = e.Defender,
            Wager = e.Wager,
            DurationSeconds = e.DurationSeconds,
            DeclaredAt = e.At,
            ExpiresAt = e.ExpiresAt,
            Status = WarStatus.Declared,
        },
        WarCancelled e => this with { Status = WarStatus.Cancelled, CancelReason = e.Reason },
        WarStarted e => this with
        {
            DefenderName = e.DefenderName,
            StartedAt = e.At,
            EndsAt = e.EndsAt,
            Status = WarStatus.Started,
            Fronts = Fronts.SetItems(e.Shards.Select(shard => KeyValuePair.Create(shard, new ShardPoints(shard, default, false)))),
        },
        FrontReported e => this with
        {
            Fronts = Fronts.SetItem(e.Shard, new ShardPoints(e.Shard, e.Points, e.Final)),
            Revision = Revision + 1,
        },
        ScoreboardPublished e => this with { PublishedRevision = e.Scoreboard.Revision },
        WarEnded e => this with { Status = WarStatus.Ended, SettleBy = e.SettleBy },
        WarSettled e => this with { Status = WarStatus.Settled, SettledAt = e.At, Outcome = e.Outcome },
        WarCorrected e => this with { Outcome = e.Outcome },
        _ => throw new ArgumentOutOfRangeException(nameof(fact), fact, "A war's stream does not hold this event."),
    };

    private Decision Declare(DeclareWar c, DateTimeOffset now)
    {
        if (Exists)
        {
            return Refusal.Conflict(RefusalCodes.WarExists, "This war is declared already.");
        }

        return c.Attacker == c.Defender
            ? Refusal.Conflict(RefusalCodes.WarAgainstSelf, "A guild cannot declare war on itself.")
            : new WarDeclared(
                now, c.Actor, c.Attacker, c.AttackerName, c.Defender, c.Wager, c.DurationSeconds, now + WarLimits.AnswerWithin);
    }

    private Decision Start(StartWar c, DateTimeOffset now)
    {
        if (Status == WarStatus.Cancelled)
        {
            // The defender took up an offer that came after its withdrawal: told again, so that the wager is released.
            return new WarCancelled(now, Attacker, Defender, null, CancelReason!);
        }

        if (Status != WarStatus.Declared)
        {
            return Refusal.Conflict(RefusalCodes.WarNotDeclared, "The war is no longer open to an answer.");
        }

        return now > ExpiresAt
            ? Refusal.Conflict(RefusalCodes.WarExpired, "The time to answer is over.")
            : new WarStarted(
                now, Attacker, AttackerName, Defender, c.DefenderName, now.AddSeconds(DurationSeconds), c.Shards);
    }

    private Decision Report(ReportFront c, DateTimeOffset now)
    {
        if (Status is WarStatus.Declared or WarStatus.Cancelled)
        {
            return Refusal.Conflict(RefusalCodes.WarNotStarted, "The war has not started.");
        }

        if (!Fronts.TryGetValue(c.Shard, out var known))
        {
            return Refusal.Conflict(RefusalCodes.UnknownShard, "That shard is not part of the war.");
        }

        var merged = new ShardPoints(c.Shard, WarPoints.Max(known.Points, c.Points), known.Final || c.Final);
        if (merged == known)
        {
            return Decision.Nothing;
        }

        var reported = new FrontReported(now, merged.Shard, merged.Points, merged.Final);
        var after = Apply(reported);
        if (Outcome is { } outcome)
        {
            // Points are corrected everywhere; the winner and the gold stand, because they have been paid out.
            return Decision.Accept(reported, new WarCorrected(now, c.Shard, outcome with
            {
                Revision = outcome.Revision + 1,
                Total = after.Total,
                MissingShards = [.. outcome.MissingShards.Where(shard => shard != c.Shard || !merged.Final)],
            }));
        }

        return Status == WarStatus.Ended && after.Fronts.Values.All(front => front.Final)
            ? Decision.Accept(reported, after.Settlement(now))
            : reported;
    }

    private Decision End(DateTimeOffset now)
    {
        if (Status != WarStatus.Started)
        {
            return Refusal.Conflict(RefusalCodes.WarNotStarted, "Only a war that is running can end.");
        }

        return now < EndsAt
            ? Refusal.Conflict(RefusalCodes.WarNotOver, "The war's time is not over.")
            : new WarEnded(now, now + WarLimits.SettleWithin);
    }

    private Decision Settle(DateTimeOffset now)
    {
        if (Status != WarStatus.Ended)
        {
            return Refusal.Conflict(RefusalCodes.WarNotEnded, "Only a war that has ended can be settled.");
        }

        return now < SettleBy && !Fronts.Values.All(front => front.Final)
            ? Refusal.Conflict(RefusalCodes.FrontsMissing, "Not every front has reported its final counters.")
            : Settlement(now);
    }

    private WarSettled Settlement(DateTimeOffset now)
    {
        var total = Total;
        var winner = total.Attacker.CompareTo(total.Defender) switch
        {
            > 0 => Attacker,
            < 0 => Defender,
            _ => null,
        };
        var missing = Fronts.Values.Where(front => !front.Final).Select(front => front.Shard);
        return new WarSettled(
            now, Attacker, Defender, new WarOutcome(Id, 1, total, winner, [.. missing]), winner is null ? 0 : Wager);
    }
}
