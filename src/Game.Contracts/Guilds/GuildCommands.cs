namespace Game.Contracts.Guilds;

[GenerateSerializer, Immutable, Alias("game.guild.command")]
public abstract record GuildCommand(string CommandId) : Command(CommandId);

/// <summary>First command of a guild; the founding fee becomes its treasury.</summary>
[GenerateSerializer, Immutable, Alias("game.guild.found")]
public sealed record FoundGuild(
    string CommandId,
    [property: Id(0)] string Founder,
    [property: Id(1)] string FounderName,
    [property: Id(2)] string Name,
    [property: Id(3)] string Tag,
    [property: Id(4)] JoinPolicy Policy,
    [property: Id(5)] long Treasury) : GuildCommand(CommandId);

/// <summary>
/// The guild cannot come into being (its name is taken): its stream keeps the refusal, so that whatever comes twice or at
/// the same time finds one answer. Changes nothing if the guild was founded.
/// </summary>
[GenerateSerializer, Immutable, Alias("game.guild.refuse-founding")]
public sealed record RefuseFounding(
    string CommandId,
    [property: Id(0)] string Founder,
    [property: Id(1)] string Code,
    [property: Id(2)] long Refund) : GuildCommand(CommandId);

/// <summary>A player whose own grain has reserved the membership asks to come in. Never refused by exception: the answer is an event.</summary>
[GenerateSerializer, Immutable, Alias("game.guild.admit")]
public sealed record AdmitMember(
    string CommandId,
    [property: Id(0)] string Player,
    [property: Id(1)] string PlayerName,
    [property: Id(2)] bool UsingInvite) : GuildCommand(CommandId);

[GenerateSerializer, Immutable, Alias("game.guild.leave")]
public sealed record LeaveGuild(string CommandId, [property: Id(0)] string Actor) : GuildCommand(CommandId);

[GenerateSerializer, Immutable, Alias("game.guild.invite")]
public sealed record InviteMember(string CommandId, [property: Id(0)] string Actor, [property: Id(1)] string Player) : GuildCommand(CommandId);

/// <summary>Removes a member of a lower role, or takes back an invite.</summary>
[GenerateSerializer, Immutable, Alias("game.guild.kick")]
public sealed record KickMember(string CommandId, [property: Id(0)] string Actor, [property: Id(1)] string Player) : GuildCommand(CommandId);

[GenerateSerializer, Immutable, Alias("game.guild.promote")]
public sealed record PromoteMember(string CommandId, [property: Id(0)] string Actor, [property: Id(1)] string Player) : GuildCommand(CommandId);

[GenerateSerializer, Immutable, Alias("game.guild.demote")]
public sealed record DemoteMember(string CommandId, [property: Id(0)] string Actor, [property: Id(1)] string Player) : GuildCommand(CommandId);

[GenerateSerializer, Immutable, Alias("game.guild.transfer")]
public sealed record TransferLeadership(string CommandId, [property: Id(0)] string Actor, [property: Id(1)] string Player)
    : GuildCommand(CommandId);

/// <summary>Ends the guild; refused while a wager is in escrow. Open offers are declined, the treasury goes to the leader.</summary>
[GenerateSerializer, Immutable, Alias("game.guild.disband")]
public sealed record DisbandGuild(string CommandId, [property: Id(0)] string Actor) : GuildCommand(CommandId);

/// <summary>Gold a member sent. Never refused by exception: a refusal is an event that refunds the sender.</summary>
[GenerateSerializer, Immutable, Alias("game.guild.receive-deposit")]
public sealed record ReceiveDeposit(string CommandId, [property: Id(0)] string Player, [property: Id(1)] long Amount) : GuildCommand(CommandId);

/// <summary>Pays gold from the treasury to the acting officer or leader.</summary>
[GenerateSerializer, Immutable, Alias("game.guild.withdraw")]
public sealed record WithdrawFromTreasury(string CommandId, [property: Id(0)] string Actor, [property: Id(1)] long Amount)
    : GuildCommand(CommandId);

/// <summary>
/// Declares a war: puts the attacker's wager in escrow under a war id the caller has chosen on this guild's shard. The
/// stored event then creates the war. Duration: <see cref="Wars.WarLimits"/>.
/// </summary>
[GenerateSerializer, Immutable, Alias("game.guild.hold-wager")]
public sealed record HoldWager(
    string CommandId,
    [property: Id(0)] string Actor,
    [property: Id(1), PerAttempt] string WarId,
    [property: Id(2)] string Opponent,
    [property: Id(3)] long Amount,
    [property: Id(4)] int DurationSeconds) : GuildCommand(CommandId);

/// <summary>Another guild declared war: the offer is listed until it is accepted, declined or withdrawn.</summary>
[GenerateSerializer, Immutable, Alias("game.guild.offer-war")]
public sealed record OfferWar(
    string CommandId,
    [property: Id(0)] string WarId,
    [property: Id(1)] string Attacker,
    [property: Id(2)] string AttackerName,
    [property: Id(3)] long Wager) : GuildCommand(CommandId);

/// <summary>Takes up an offered war: the wager goes into escrow and the war's home shard is told.</summary>
[GenerateSerializer, Immutable, Alias("game.guild.accept-war")]
public sealed record AcceptWar(string CommandId, [property: Id(0)] string Actor, [property: Id(1)] string WarId) : GuildCommand(CommandId);

[GenerateSerializer, Immutable, Alias("game.guild.decline-war")]
public sealed record DeclineWar(string CommandId, [property: Id(0)] string Actor, [property: Id(1)] string WarId) : GuildCommand(CommandId);

/// <summary>The war will not be fought: whatever is held for it returns to the treasury, an open offer disappears.</summary>
[GenerateSerializer, Immutable, Alias("game.guild.release-wager")]
public sealed record ReleaseWager(string CommandId, [property: Id(0)] string WarId, [property: Id(1)] string Reason) : GuildCommand(CommandId);

/// <summary>
/// The war is settled. The winner gets its own wager back and <paramref name="Prize"/> (the loser's wager); the loser's
/// wager leaves its escrow; a draw (<paramref name="Winner"/> null) returns both.
/// </summary>
[GenerateSerializer, Immutable, Alias("game.guild.conclude-war")]
public sealed record ConcludeWar(
    string CommandId,
    [property: Id(0)] string WarId,
    [property: Id(1)] string? Winner,
    [property: Id(2)] long Prize) : GuildCommand(CommandId);

[GenerateSerializer, Immutable, Alias("game.guild.reserve-name")]
public sealed record ReserveGuildName(string CommandId, [property: Id(0)] string GuildId, [property: Id(1)] string Name) : Command(CommandId);

[GenerateSerializer, Immutable, Alias("game.guild.release-name")]
public sealed record ReleaseGuildName(string CommandId, [property: Id(0)] string GuildId, [property: Id(1)] string Name) : Command(CommandId);
