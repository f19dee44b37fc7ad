using System.Text.Json;
using System.Text.Json.Serialization;

namespace Game.Client;

/// <summary>The shapes of docs/api.md that a client reads. Fields a client does not use are left out.</summary>
public static class Wire
{
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };
}

public sealed record Tokens(
    string PlayerId, string Shard, string AccessToken, DateTimeOffset ExpiresAt, string RefreshToken, DateTimeOffset RefreshExpiresAt);

public sealed record PlayerDto(string Id, string Name, int Level, long Experience, long? Gold, string Membership, string? GuildId);

public sealed record FoundingDto(string GuildId, PlayerDto Player);

public sealed record GuildDto(
    string Id, string Name, long? Treasury, long? Escrow, IReadOnlyList<MemberDto> Members, IReadOnlyList<GuildWarDto> Wars);

public sealed record MemberDto(string PlayerId, string Role);

public sealed record GuildWarDto(string WarId, string Opponent, long Wager, string Status);

public sealed record PointsDto(long Attacker, long Defender)
{
    public long Sum => Attacker + Defender;
}

public sealed record ShardPointsDto(string Shard, PointsDto Points, bool Final);

public sealed record WarDto(
    string Id,
    string Attacker,
    string AttackerName,
    string Defender,
    string? DefenderName,
    string Status,
    DateTimeOffset? EndsAt,
    PointsDto Total,
    IReadOnlyList<ShardPointsDto> Shards,
    string? Winner,
    IReadOnlyList<string> MissingShards,
    int Corrections,
    string? CancelReason);

public sealed record ScoreboardDto(string WarId, long Revision, PointsDto Total, IReadOnlyList<ShardPointsDto> Shards);

public sealed record OutcomeDto(string WarId, int Revision, PointsDto Total, string? Winner);

public sealed record FrontDto(string WarId, bool Closed, PointsDto Points, OutcomeDto? Outcome);

public sealed record EventDto(EventShardDto? Shard, EventOutcomeDto? Outcome);

public sealed record EventShardDto(bool RewardsPaid);

public sealed record EventOutcomeDto(string Ending, long Damage, int Contributors, IReadOnlyList<ContributionDto> Top);

public sealed record ContributionDto(string Player, long Damage);

public sealed record BossStrikeDto(int Damage, long PlayerTotal);

public sealed record StrikeDto(string WarId, int Points, long PlayerTotal);

public sealed record LedgerDto(long Minted, long Wallets, long Treasuries, long Escrow, long InTransit)
{
    public static LedgerDto operator +(LedgerDto a, LedgerDto b) => new(
        a.Minted + b.Minted, a.Wallets + b.Wallets, a.Treasuries + b.Treasuries, a.Escrow + b.Escrow, a.InTransit + b.InTransit);
}

/// <summary>Problem details (RFC 9457) or an error frame.</summary>
public sealed record Problem(int Status, string Code, string? Detail, string? Field = null, double? RetryAfterSeconds = null);

/// <summary>An answer: a value, or the problem why there is none.</summary>
public readonly record struct Reply<T>(T? Value, Problem? Problem)
{
    public bool Ok => Problem is null;
}
