namespace Game.Contracts.Guilds;

public enum GuildRole
{
    Member,
    Officer,
    Leader,
}

public enum JoinPolicy
{
    /// <summary>Anyone may join.</summary>
    Open,

    /// <summary>Only invited players may join.</summary>
    Invite,
}

[GenerateSerializer, Immutable, Alias("game.guild.member")]
public sealed record GuildMember(
    [property: Id(0)] string PlayerId,
    [property: Id(1)] string Name,
    [property: Id(2)] GuildRole Role,
    [property: Id(3)] DateTimeOffset JoinedAt);

public enum GuildWarStatus
{
    /// <summary>The other guild declared; this one has not answered. Nothing is held yet.</summary>
    Offered,

    /// <summary>This guild's wager is in escrow.</summary>
    Engaged,
}

/// <summary>A war this guild is part of, until it is concluded.</summary>
[GenerateSerializer, Immutable, Alias("game.guild.war")]
public sealed record GuildWarEntry(
    [property: Id(0)] string WarId,
    [property: Id(1)] string Opponent,
    [property: Id(2)] long Wager,
    [property: Id(3)] GuildWarStatus Status);

[GenerateSerializer, Immutable, Alias("game.guild.view")]
public sealed record GuildView(
    [property: Id(0)] string Id,
    [property: Id(1)] string Name,
    [property: Id(2)] string Tag,
    [property: Id(3)] JoinPolicy Policy,
    [property: Id(4)] long Treasury,
    [property: Id(5)] long Escrow,
    [property: Id(6)] IReadOnlyList<GuildMember> Members,
    [property: Id(7)] IReadOnlyList<string> Invites,
    [property: Id(8)] IReadOnlyList<GuildWarEntry> Wars,
    [property: Id(9)] bool Disbanded,
    [property: Id(10)] DateTimeOffset FoundedAt,
    [property: Id(11)] int WarsWon,
    [property: Id(12)] int WarsLost);

[GenerateSerializer, Immutable, Alias("game.guild.summary")]
public sealed record GuildSummary([property: Id(0)] string Id, [property: Id(1)] string Name);

/// <summary>One line of a guild's audit trail. <paramref name="Action"/> is the event's alias.</summary>
[GenerateSerializer, Immutable, Alias("game.guild.audit")]
public sealed record AuditEntry(
    [property: Id(0)] long Version,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] string Action,
    [property: Id(3)] string? Actor,
    [property: Id(4)] string? Target,
    [property: Id(5)] long? Amount);
