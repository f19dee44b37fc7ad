namespace Game.Contracts.Guilds;

[GenerateSerializer, Immutable, Alias("guild.founded")]
public sealed record GuildFounded(
    DateTimeOffset At,
    [property: Id(0)] string Name,
    [property: Id(1)] string Tag,
    [property: Id(2)] JoinPolicy Policy,
    [property: Id(3)] string Founder,
    [property: Id(4)] string FounderName,
    [property: Id(5)] long Treasury) : GameEvent(At);

/// <summary>Founding was impossible (the name is taken): the founder's fee goes back, and this guild will never exist.</summary>
[GenerateSerializer, Immutable, Alias("guild.founding-refused")]
public sealed record GuildFoundingRefused(
    DateTimeOffset At,
    [property: Id(0)] string Founder,
    [property: Id(1)] string Code,
    [property: Id(2)] long Refund) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("guild.member-joined")]
public sealed record MemberJoined(DateTimeOffset At, [property: Id(0)] string Player, [property: Id(1)] string Name) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("guild.member-refused")]
public sealed record MemberRefused(DateTimeOffset At, [property: Id(0)] string Player, [property: Id(1)] string Code) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("guild.member-left")]
public sealed record MemberLeft(DateTimeOffset At, [property: Id(0)] string Player) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("guild.member-invited")]
public sealed record MemberInvited(DateTimeOffset At, [property: Id(0)] string Actor, [property: Id(1)] string Player) : GameEvent(At);

/// <summary>An invite that was not taken up is taken back.</summary>
[GenerateSerializer, Immutable, Alias("guild.invite-withdrawn")]
public sealed record InviteWithdrawn(DateTimeOffset At, [property: Id(0)] string Actor, [property: Id(1)] string Player) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("guild.member-kicked")]
public sealed record MemberKicked(DateTimeOffset At, [property: Id(0)] string Actor, [property: Id(1)] string Player) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("guild.member-promoted")]
public sealed record MemberPromoted(
    DateTimeOffset At,
    [property: Id(0)] string Actor,
    [property: Id(1)] string Player,
    [property: Id(2)] GuildRole Role) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("guild.member-demoted")]
public sealed record MemberDemoted(
    DateTimeOffset At,
    [property: Id(0)] string Actor,
    [property: Id(1)] string Player,
    [property: Id(2)] GuildRole Role) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("guild.leadership-transferred")]
public sealed record LeadershipTransferred(DateTimeOffset At, [property: Id(0)] string Actor, [property: Id(1)] string Player)
    : GameEvent(At);

/// <summary>Members at the end are listed so that each can be told; the treasury goes to the leader.</summary>
[GenerateSerializer, Immutable, Alias("guild.disbanded")]
public sealed record GuildDisbanded(
    DateTimeOffset At,
    [property: Id(0)] string Actor,
    [property: Id(1)] IReadOnlyList<string> Members,
    [property: Id(2)] long TreasuryPaid,
    [property: Id(3)] string Name) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("guild.deposit-received")]
public sealed record DepositReceived(DateTimeOffset At, [property: Id(0)] string Player, [property: Id(1)] long Amount) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("guild.deposit-refused")]
public sealed record DepositRefused(
    DateTimeOffset At,
    [property: Id(0)] string Player,
    [property: Id(1)] long Amount,
    [property: Id(2)] string Code) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("guild.treasury-withdrawn")]
public sealed record TreasuryWithdrawn(DateTimeOffset At, [property: Id(0)] string Actor, [property: Id(1)] long Amount) : GameEvent(At);

/// <summary>
/// The wager of a war is in escrow. <paramref name="Accepting"/>: this guild is the defender and the hold is its
/// acceptance; otherwise the hold declares the war.
/// </summary>
[GenerateSerializer, Immutable, Alias("guild.wager-held")]
public sealed record WagerHeld(
    DateTimeOffset At,
    [property: Id(0)] string Actor,
    [property: Id(1)] string WarId,
    [property: Id(2)] string Opponent,
    [property: Id(3)] long Amount,
    [property: Id(4)] bool Accepting,
    [property: Id(5)] string GuildName,
    [property: Id(6)] int DurationSeconds) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("guild.war-offered")]
public sealed record WarOffered(
    DateTimeOffset At,
    [property: Id(0)] string WarId,
    [property: Id(1)] string Attacker,
    [property: Id(2)] string AttackerName,
    [property: Id(3)] long Wager) : GameEvent(At);

/// <summary>This guild will not fight: declined by <paramref name="Actor"/>, or refused by the rules (<paramref name="Actor"/> null).</summary>
[GenerateSerializer, Immutable, Alias("guild.war-declined")]
public sealed record WarDeclined(
    DateTimeOffset At,
    [property: Id(0)] string WarId,
    [property: Id(1)] string? Actor,
    [property: Id(2)] string Code) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("guild.wager-released")]
public sealed record WagerReleased(
    DateTimeOffset At,
    [property: Id(0)] string WarId,
    [property: Id(1)] long Amount,
    [property: Id(2)] string Reason) : GameEvent(At);

public enum WarResult
{
    Won,
    Lost,
    Drawn,
}

/// <summary>
/// Escrow empties: <paramref name="Returned"/> goes to the treasury, <paramref name="Forfeited"/> leaves for the winner,
/// <paramref name="Prize"/> arrives from the loser.
/// </summary>
[GenerateSerializer, Immutable, Alias("guild.war-concluded")]
public sealed record WarConcluded(
    DateTimeOffset At,
    [property: Id(0)] string WarId,
    [property: Id(1)] WarResult Result,
    [property: Id(2)] long Returned,
    [property: Id(3)] long Forfeited,
    [property: Id(4)] long Prize) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("guild-directory.name-reserved")]
public sealed record GuildNameReserved(DateTimeOffset At, [property: Id(0)] string GuildId, [property: Id(1)] string Name) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("guild-directory.name-released")]
public sealed record GuildNameReleased(DateTimeOffset At, [property: Id(0)] string GuildId, [property: Id(1)] string Name) : GameEvent(At);
