namespace Game.Contracts;

/// <summary>The stable codes of refusals. docs/errors.md explains each; a test keeps the two in step.</summary>
public static class RefusalCodes
{
    /// <summary>A field is malformed or out of range; the refusal names the field and its limit.</summary>
    public const string InvalidField = "invalid_field";

    /// <summary>The command id was used before on this aggregate for something else.</summary>
    public const string CommandIdReused = "command_id_reused";

    /// <summary>The event store cannot be reached; the same command id may be tried again.</summary>
    public const string StoreUnavailable = "store_unavailable";

    /// <summary>Another activation keeps writing to the stream; the same command id may be tried again.</summary>
    public const string StreamContended = "stream_contended";

    /// <summary>There is no such player.</summary>
    public const string PlayerNotFound = "player_not_found";

    /// <summary>The player is registered already.</summary>
    public const string PlayerExists = "player_exists";

    /// <summary>The wallet holds less than is to be spent.</summary>
    public const string InsufficientGold = "insufficient_gold";

    /// <summary>The player is in a guild, or has a request to one open.</summary>
    public const string AlreadyInGuild = "already_in_guild";

    /// <summary>The player is in no guild.</summary>
    public const string NotInGuild = "not_in_guild";

    /// <summary>There is no such guild.</summary>
    public const string GuildNotFound = "guild_not_found";

    /// <summary>The guild is founded already.</summary>
    public const string GuildExists = "guild_exists";

    /// <summary>The founding of this guild was refused before, and its fee given back.</summary>
    public const string GuildFoundingRefused = "guild_founding_refused";

    /// <summary>The guild has been disbanded.</summary>
    public const string GuildDisbanded = "guild_disbanded";

    /// <summary>Another guild of the shard holds the name, in whatever case.</summary>
    public const string GuildNameTaken = "guild_name_taken";

    /// <summary>The guild has as many members as it may.</summary>
    public const string GuildFull = "guild_full";

    /// <summary>Only invited players may join the guild.</summary>
    public const string GuildInviteOnly = "guild_invite_only";

    /// <summary>The invite to be taken up does not exist, or has been taken back.</summary>
    public const string NotInvited = "not_invited";

    /// <summary>Only members of the guild may do that.</summary>
    public const string NotMember = "not_member";

    /// <summary>Only officers and the leader may do that.</summary>
    public const string NotOfficer = "not_officer";

    /// <summary>Only the leader may do that.</summary>
    public const string NotLeader = "not_leader";

    /// <summary>The leader cannot leave: transfer leadership or disband.</summary>
    public const string LeaderMustStay = "leader_must_stay";

    /// <summary>The player to be invited is a member.</summary>
    public const string AlreadyMember = "already_member";

    /// <summary>The player is invited already.</summary>
    public const string AlreadyInvited = "already_invited";

    /// <summary>As many invites are open as may be.</summary>
    public const string TooManyInvites = "too_many_invites";

    /// <summary>The guild has as many officers as it may.</summary>
    public const string TooManyOfficers = "too_many_officers";

    /// <summary>The player it is about is no member of the guild.</summary>
    public const string TargetNotMember = "target_not_member";

    /// <summary>The member it is about has the same role or a higher one.</summary>
    public const string TargetOutranks = "target_outranks";

    /// <summary>That cannot be done to oneself.</summary>
    public const string TargetIsSelf = "target_is_self";

    /// <summary>The member cannot be promoted or demoted any further.</summary>
    public const string RoleUnchanged = "role_unchanged";

    /// <summary>The treasury holds less than is to be spent or wagered.</summary>
    public const string InsufficientTreasury = "insufficient_treasury";

    /// <summary>The treasury has no room for the deposit, which is refunded.</summary>
    public const string TreasuryFull = "treasury_full";

    /// <summary>The guild has a wager in escrow.</summary>
    public const string GuildAtWar = "guild_at_war";

    /// <summary>There is no such war.</summary>
    public const string WarNotFound = "war_not_found";

    /// <summary>The war is declared already.</summary>
    public const string WarExists = "war_exists";

    /// <summary>A guild cannot fight itself.</summary>
    public const string WarAgainstSelf = "war_against_self";

    /// <summary>There is a war or an offer between the two guilds.</summary>
    public const string AlreadyAtWar = "already_at_war";

    /// <summary>The guild is in as many wars as it may, offers included.</summary>
    public const string TooManyWars = "too_many_wars";

    /// <summary>No such war is offered to the guild, or no longer.</summary>
    public const string WarNotOffered = "war_not_offered";

    /// <summary>The defender said no: why a war was cancelled.</summary>
    public const string WarDeclinedByGuild = "declined";

    /// <summary>The war is no longer merely declared: it has started, or has been cancelled.</summary>
    public const string WarNotDeclared = "war_not_declared";

    /// <summary>The war is not running.</summary>
    public const string WarNotStarted = "war_not_started";

    /// <summary>Only a war that has ended can be settled.</summary>
    public const string WarNotEnded = "war_not_ended";

    /// <summary>The war's time is not over.</summary>
    public const string WarNotOver = "war_not_over";

    /// <summary>The defender did not answer in time.</summary>
    public const string WarExpired = "war_expired";

    /// <summary>The war is over on this shard: no strike counts any more.</summary>
    public const string WarClosed = "war_closed";

    /// <summary>Not every front has reported its final counters, and there is still time.</summary>
    public const string FrontsMissing = "fronts_missing";

    /// <summary>The shard is not part of the war.</summary>
    public const string UnknownShard = "unknown_shard";

    /// <summary>The war has no open front on this shard.</summary>
    public const string FrontNotOpen = "front_not_open";

    /// <summary>The player's guild is not part of the war.</summary>
    public const string NotInWar = "not_in_war";

    /// <summary>The front has no awards to pay, or has paid them.</summary>
    public const string NoAwardsDue = "no_awards_due";

    /// <summary>There is no such world event, or this shard has not heard of it.</summary>
    public const string EventNotFound = "event_not_found";

    /// <summary>The event is scheduled already.</summary>
    public const string EventExists = "event_exists";

    /// <summary>It is too early for that: to announce, start, end or settle the event.</summary>
    public const string EventNotDue = "event_not_due";

    /// <summary>The event has not started by this shard's clock.</summary>
    public const string EventNotStarted = "event_not_started";

    /// <summary>The event is over, or was called off.</summary>
    public const string EventOver = "event_over";

    /// <summary>The event has no boss to strike.</summary>
    public const string NoBoss = "no_boss";

    /// <summary>The name is taken on this shard.</summary>
    public const string AccountExists = "account_exists";

    /// <summary>There is no such account.</summary>
    public const string AccountNotFound = "account_not_found";

    /// <summary>The session has ended.</summary>
    public const string SessionNotFound = "session_not_found";

    /// <summary>The refresh token was exchanged before: its session is closed.</summary>
    public const string RefreshReused = "refresh_reused";

    /// <summary>No leaderboard of this name is declared.</summary>
    public const string BoardUnknown = "board_unknown";

    /// <summary>Only servers submit to this leaderboard.</summary>
    public const string BoardAuthoritative = "board_authoritative";

    /// <summary>The leaderboard takes scores by another operator.</summary>
    public const string OperatorNotAllowed = "operator_not_allowed";

    /// <summary>An increment or decrement would take the score out of its range.</summary>
    public const string ScoreOutOfRange = "score_out_of_range";

    /// <summary>The leaderboard has no such season, or keeps it no longer.</summary>
    public const string SeasonUnknown = "season_unknown";

    /// <summary>The member has no entry in the season.</summary>
    public const string NotRanked = "not_ranked";

    /// <summary>The player is a friend already.</summary>
    public const string AlreadyFriends = "already_friends";

    /// <summary>The player has been asked already and has not answered.</summary>
    public const string FriendAlreadyAsked = "friend_already_asked";

    /// <summary>The player has not asked, or no longer.</summary>
    public const string FriendRequestNotFound = "friend_request_not_found";

    /// <summary>The player is no friend and was not asked.</summary>
    public const string NotFriends = "not_friends";

    /// <summary>The list has as many friends and open requests as it may.</summary>
    public const string TooManyFriends = "too_many_friends";

    /// <summary>As many own requests are open as may be.</summary>
    public const string TooManyFriendRequests = "too_many_friend_requests";

    /// <summary>As many players are blocked as may be.</summary>
    public const string TooManyBlocked = "too_many_blocked";

    /// <summary>The caller has blocked the player.</summary>
    public const string PlayerIsBlocked = "player_is_blocked";
    /// <summary>A partial result of analytics does not begin where its windows stand: the bucket reads where, and folds again.</summary>
    public const string PartialOutOfPlace = "partial_out_of_place";

    /// <summary>The receipt counts for another player.</summary>
    public const string ReceiptTaken = "receipt_taken";

    /// <summary>No purchase with this receipt is recorded.</summary>
    public const string ReceiptNotFound = "receipt_not_found";

    /// <summary>The store does not vouch for the receipt.</summary>
    public const string ReceiptInvalid = "receipt_invalid";

    /// <summary>More would be given back than was paid.</summary>
    public const string RefundTooLarge = "refund_too_large";

    /// <summary>A generation of analytics is being computed: one at a time.</summary>
    public const string RecomputeRunning = "recompute_running";

    /// <summary>Player actions are kept nowhere: there is nothing to compute again from.</summary>
    public const string RecomputeUnavailable = "recompute_unavailable";

    /// <summary>As many generations of analytics are folded as may be.</summary>
    public const string TooManyGenerations = "too_many_generations";

    /// <summary>There is no such generation of analytics.</summary>
    public const string GenerationUnknown = "generation_unknown";

    /// <summary>The generation is still being computed.</summary>
    public const string GenerationNotReady = "generation_not_ready";

    /// <summary>The generation is folded no longer, and lacks what came since.</summary>
    public const string GenerationRetired = "generation_retired";

    /// <summary>The generation is the one that is shown.</summary>
    public const string GenerationShown = "generation_shown";

    /// <summary>The topic of player actions cannot be read now.</summary>
    public const string HistoryUnavailable = "history_unavailable";
}
