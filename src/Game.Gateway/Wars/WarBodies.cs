using Game.Contracts;
using Game.Contracts.Guilds;
using Game.Contracts.Identity;
using Game.Contracts.Wars;
using Game.Gateway.Http;

namespace Game.Gateway.Wars;

internal sealed record DeclareBody(string Defender, long Wager, int DurationSeconds) : IRequestBody
{
    public Refusal? Check()
    {
        if (!EntityId.TryParse(Defender, out _))
        {
            return Refusal.Invalid("defender", "{shard}.{ulid}", GatewayCodes.InvalidId);
        }

        if (Wager is < WarLimits.MinWager or > WarLimits.MaxWager)
        {
            return Refusal.Invalid("wager", $"{WarLimits.MinWager} to {WarLimits.MaxWager}");
        }

        return DurationSeconds is < WarLimits.MinDurationSeconds or > WarLimits.MaxDurationSeconds
            ? Refusal.Invalid("durationSeconds", $"{WarLimits.MinDurationSeconds} to {WarLimits.MaxDurationSeconds}")
            : null;
    }
}

internal sealed record ContributeBody(int Power) : IRequestBody
{
    public Refusal? Check() => CheckPower(Power);

    public static Refusal? CheckPower(int power) => power is < WarLimits.MinPower or > WarLimits.MaxPower
        ? Refusal.Invalid("power", $"{WarLimits.MinPower} to {WarLimits.MaxPower}")
        : null;
}

/// <summary>Who tells about a war, and so how much is known.</summary>
internal enum WarSource
{
    /// <summary>The war itself, on its home shard: everything.</summary>
    Coordinator,

    /// <summary>This shard's front: points and outcome as last heard.</summary>
    Front,

    /// <summary>The guild it was offered to, before it starts.</summary>
    Guild,
}

/// <summary>A war. What the source does not know is null.</summary>
internal sealed record WarBody(
    string Id,
    string? Attacker,
    string? AttackerName,
    string Defender,
    string? DefenderName,
    WarStatus Status,
    long? Wager,
    int? DurationSeconds,
    DateTimeOffset? DeclaredAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndsAt,
    DateTimeOffset? SettleBy,
    DateTimeOffset? SettledAt,
    WarPoints Total,
    IReadOnlyList<ShardPoints> Shards,
    string? Winner,
    IReadOnlyList<string> MissingShards,
    int Corrections,
    string? CancelReason,
    WarSource Source)
{
    public static WarBody Of(WarView war) => new(
        war.Id, war.Attacker, war.AttackerName, war.Defender, war.DefenderName, war.Status, war.Wager, war.DurationSeconds,
        war.DeclaredAt, war.ExpiresAt, war.StartedAt, war.EndsAt, war.SettleBy, war.SettledAt, war.Total, war.Shards,
        war.Winner, war.MissingShards, war.Corrections, war.CancelReason, WarSource.Coordinator);

    public static WarBody Of(FrontView front) => new(
        front.WarId, front.Attacker, null, front.Defender, null,
        front.Outcome is not null ? WarStatus.Settled : front.Closed ? WarStatus.Ended : WarStatus.Started,
        null, null, null, null, null, front.EndsAt, null, null,
        front.Outcome?.Total ?? front.Scoreboard?.Total ?? default,
        front.Scoreboard?.Shards ?? [],
        front.Outcome?.Winner, front.Outcome?.MissingShards ?? [], (front.Outcome?.Revision ?? 1) - 1, null, WarSource.Front);

    /// <summary>An answered offer, as the defender's guild knew it.</summary>
    public static WarBody Of(GuildView defender, string warId, string? attacker, long? wager, WarStatus status) => new(
        warId, attacker, null, defender.Id, defender.Name, status, wager, null, null, null, null, null, null, null,
        default, [], null, [], 0, null, WarSource.Guild);
}
