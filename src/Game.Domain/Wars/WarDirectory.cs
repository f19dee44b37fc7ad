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
        var next = command.Fact switch
        {
            WarDeclared e => known ?? new WarSummary(
                command.WarId, e.Attacker, e.AttackerName, e.Defender, WarStatus.Declared, null, default, null),
            WarStarted e => (known ?? new WarSummary(
                command.WarId, e.Attacker, e.AttackerName, e.Defender, WarStatus.Started, null, default, null))
                with
            { Status = WarStatus.Started, EndsAt = e.EndsAt },
            WarCancelled => known is null ? null : known with { Status = WarStatus.Cancelled },
            WarEnded => known is null ? null : known with { Status = WarStatus.Ended },
            WarSettled e => known is null ? null : known with
            {
                Status = WarStatus.Settled,
                Total = e.Outcome.Total,
                Winner = e.Outcome.Winner,
            },
            WarCorrected e => known is null ? null : known with { Total = e.Outcome.Total },
            _ => throw new ArgumentOutOfRangeException(nameof(command), command, "A war directory does not fold this event."),
        };

        // A war only moves on: what comes late or twice changes nothing.
        return next is null || next == known || (known is not null && next.Status < known.Status)
            ? Decision.Nothing
            : new WarRecorded(now, next);
    }

    public WarDirectory Apply(GameEvent fact) => fact switch
    {
        WarRecorded e => this with { Wars = Trim(Wars.SetItem(e.Summary.Id, e.Summary)) },
        _ => throw new ArgumentOutOfRangeException(nameof(fact), fact, "A war directory's stream does not hold this event."),
    };

    private static ImmutableSortedDictionary<string, WarSummary> Trim(ImmutableSortedDictionary<string, WarSummary> wars)
    {
        if (wars.Count <= Capacity)
        {
            return wars;
        }

        var oldest = wars.Values.Reverse().FirstOrDefault(war => war.Status is WarStatus.Settled or WarStatus.Cancelled);
        return oldest is null ? wars : wars.Remove(oldest.Id);
    }

    /// <summary>By the ULID, which begins with the time; the shard only breaks ties.</summary>
    private sealed class NewestFirst : IComparer<string>
    {
        public static readonly NewestFirst Instance = new();

        public int Compare(string? x, string? y)
        {
            var byTime = string.CompareOrdinal(UlidOf(y!), UlidOf(x!));
            return byTime != 0 ? byTime : string.CompareOrdinal(y, x);
        }

        private static string UlidOf(string id) => id[(id.IndexOf('.', StringComparison.Ordinal) + 1)..];
    }
}
