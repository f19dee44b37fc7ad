namespace Game.Contracts;

/// <summary>The stable codes of refusals. docs/errors.md explains each; a test keeps the two in step.</summary>
public static class RefusalCodes
{
    public const string InvalidField = "invalid_field";
    public const string CommandIdReused = "command_id_reused";
    public const string StoreUnavailable = "store_unavailable";
    public const string StreamContended = "stream_contended";

    public const string PlayerNotFound = "player_not_found";
    public const string PlayerExists = "player_exists";
    public const string InsufficientGold = "insufficient_gold";
    public const string AlreadyInGuild = "already_in_guild";
    public const string NotInGuild = "not_in_guild";
    public const string WalletFull = "wallet_full";

    public const string GuildNotFound = "guild_not_found";
    public const string GuildExists = "guild_exists";
    public const string GuildFoundingRefused = "guild_founding_refused";
    public const string GuildDisbanded = "guild_disbanded";
    public const string GuildNameTaken = "guild_name_taken";
    public const string GuildFull = "guild_full";
    public const string GuildInviteOnly = "guild_invite_only";
    public const string NotMember = "not_member";
    public const string NotOfficer = "not_officer";
    public const string NotLeader = "not_leader";
    public const string LeaderMustStay = "leader_must_stay";
    public const string AlreadyMember = "already_member";
    public const string AlreadyInvited = "already_invited";
    public const string TooManyInvites = "too_many_invites";
    public const string TooManyOfficers = "too_many_officers";
    public const string TargetNotMember = "target_not_member";
    public const string TargetOutranks = "target_outranks";
    public const string TargetIsSelf = "target_is_self";
    public const string RoleUnchanged = "role_unchanged";
    public const string InsufficientTreasury = "insufficient_treasury";
    public const string TreasuryFull = "treasury_full";
    public const string GuildAtWar = "guild_at_war";

    public const string WarNotFound = "war_not_found";
    public const string WarExists = "war_exists";
    public const string WarAgainstSelf = "war_against_self";
    public const string AlreadyAtWar = "already_at_war";
    public const string TooManyWars = "too_many_wars";
    public const string WarNotOffered = "war_not_offered";
    public const string WarDeclinedByGuild = "declined";
    public const string WarNotDeclared = "war_not_declared";
    public const string WarNotStarted = "war_not_started";
    public const string WarNotEnded = "war_not_ended";
    public const string WarNotOver = "war_not_over";
    public const string WarExpired = "war_expired";
    public const string WarClosed = "war_closed";
    public const string FrontsMissing = "fronts_missing";
    public const string UnknownShard = "unknown_shard";
    public const string FrontNotOpen = "front_not_open";
    public const string NotInWar = "not_in_war";
    public const string NoAwardsDue = "no_awards_due";

    public const string AccountExists = "account_exists";
    public const string AccountNotFound = "account_not_found";
    public const string SessionNotFound = "session_not_found";
    public const string RefreshReused = "refresh_reused";
}
