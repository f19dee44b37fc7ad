using Game.Contracts.Guilds;

namespace Game.Contracts.Players;

[GenerateSerializer, Immutable, Alias("game.player.command")]
public abstract record PlayerCommand(string CommandId) : Command(CommandId);

/// <summary>First command of a player: mints <paramref name="StartingGold"/>.</summary>
[GenerateSerializer, Immutable, Alias("game.player.register")]
public sealed record RegisterPlayer(string CommandId, [property: Id(0)] string Name, [property: Id(1)] long StartingGold)
    : PlayerCommand(CommandId);

/// <summary>Reserves the player's membership and pays the founding fee; the guild's shard then founds the guild.</summary>
[GenerateSerializer, Immutable, Alias("game.player.request-founding")]
public sealed record RequestGuildFounding(
    string CommandId,
    [property: Id(0), PerAttempt] string GuildId,
    [property: Id(1)] string GuildName,
    [property: Id(2)] string Tag,
    [property: Id(3)] JoinPolicy Policy) : PlayerCommand(CommandId);

/// <summary>Reserves the player's membership; the guild's shard then admits or refuses.</summary>
[GenerateSerializer, Immutable, Alias("game.player.request-join")]
public sealed record RequestGuildJoin(string CommandId, [property: Id(0)] string GuildId, [property: Id(1)] bool UsingInvite)
    : PlayerCommand(CommandId);

/// <summary>
/// Pays gold out of the wallet to the own guild's treasury; refunded if the guild refuses. Refused if
/// <paramref name="GuildId"/> is given and is not the own guild.
/// </summary>
[GenerateSerializer, Immutable, Alias("game.player.deposit")]
public sealed record SendGuildDeposit(string CommandId, [property: Id(0)] long Amount, [property: Id(1)] string? GuildId = null)
    : PlayerCommand(CommandId);

/// <summary>The guild admitted the player (also as founder).</summary>
[GenerateSerializer, Immutable, Alias("game.player.confirm-membership")]
public sealed record ConfirmMembership(string CommandId, [property: Id(0)] string GuildId) : PlayerCommand(CommandId);

/// <summary>The guild refused; <paramref name="Refund"/> gold comes back to the wallet.</summary>
[GenerateSerializer, Immutable, Alias("game.player.refuse-membership")]
public sealed record RefuseMembership(
    string CommandId,
    [property: Id(0)] string GuildId,
    [property: Id(1)] string Code,
    [property: Id(2)] long Refund) : PlayerCommand(CommandId);

/// <summary>The player is no longer a member: left, kicked or the guild was disbanded.</summary>
[GenerateSerializer, Immutable, Alias("game.player.end-membership")]
public sealed record EndMembership(string CommandId, [property: Id(0)] string GuildId, [property: Id(1)] string Reason)
    : PlayerCommand(CommandId);

/// <summary>The guild refused a deposit: the gold comes back.</summary>
[GenerateSerializer, Immutable, Alias("game.player.refund-deposit")]
public sealed record RefundDeposit(
    string CommandId,
    [property: Id(0)] string GuildId,
    [property: Id(1)] long Amount,
    [property: Id(2)] string Code) : PlayerCommand(CommandId);

/// <summary>Gold arrives from elsewhere (a treasury withdrawal, a disbanded guild's treasury).</summary>
[GenerateSerializer, Immutable, Alias("game.player.receive-gold")]
public sealed record ReceiveGold(string CommandId, [property: Id(0)] long Amount, [property: Id(1)] string Source)
    : PlayerCommand(CommandId);

[GenerateSerializer, Immutable, Alias("game.player.award-experience")]
public sealed record AwardExperience(string CommandId, [property: Id(0)] long Amount, [property: Id(1)] string Source)
    : PlayerCommand(CommandId);
