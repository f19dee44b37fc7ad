using Game.Contracts.Guilds;

namespace Game.Contracts.Players;

[GenerateSerializer, Immutable, Alias("player.registered")]
public sealed record PlayerRegistered(DateTimeOffset At, [property: Id(0)] string Name, [property: Id(1)] long Gold) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("player.guild-founding-requested")]
public sealed record GuildFoundingRequested(
    DateTimeOffset At,
    [property: Id(0)] string GuildId,
    [property: Id(1)] string GuildName,
    [property: Id(2)] string Tag,
    [property: Id(3)] JoinPolicy Policy,
    [property: Id(4)] long Fee,
    [property: Id(5)] string PlayerName) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("player.guild-join-requested")]
public sealed record GuildJoinRequested(
    DateTimeOffset At,
    [property: Id(0)] string GuildId,
    [property: Id(1)] string PlayerName,
    [property: Id(2)] bool UsingInvite) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("player.guild-membership-confirmed")]
public sealed record GuildMembershipConfirmed(DateTimeOffset At, [property: Id(0)] string GuildId) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("player.guild-membership-refused")]
public sealed record GuildMembershipRefused(
    DateTimeOffset At,
    [property: Id(0)] string GuildId,
    [property: Id(1)] string Code,
    [property: Id(2)] long Refund) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("player.guild-membership-ended")]
public sealed record GuildMembershipEnded(DateTimeOffset At, [property: Id(0)] string GuildId, [property: Id(1)] string Reason)
    : GameEvent(At);

[GenerateSerializer, Immutable, Alias("player.guild-deposit-sent")]
public sealed record GuildDepositSent(DateTimeOffset At, [property: Id(0)] string GuildId, [property: Id(1)] long Amount) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("player.guild-deposit-refunded")]
public sealed record GuildDepositRefunded(
    DateTimeOffset At,
    [property: Id(0)] string GuildId,
    [property: Id(1)] long Amount,
    [property: Id(2)] string Code) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("player.gold-received")]
public sealed record GoldReceived(DateTimeOffset At, [property: Id(0)] long Amount, [property: Id(1)] string Source) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("player.experience-gained")]
public sealed record ExperienceGained(DateTimeOffset At, [property: Id(0)] long Amount, [property: Id(1)] string Source) : GameEvent(At);

/// <summary>Follows the experience that led to it; of several levels gained at once only the last is told.</summary>
[GenerateSerializer, Immutable, Alias("player.level-reached")]
public sealed record LevelReached(DateTimeOffset At, [property: Id(0)] int Level) : GameEvent(At);
