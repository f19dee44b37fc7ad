using Game.Contracts;
using Game.Contracts.Guilds;
using Game.Contracts.Players;
using Game.Gateway.Http;

namespace Game.Gateway.Guilds;

/// <summary>Guilds: what members do. The guild itself decides who may.</summary>
internal static class GuildMemberEndpoints
{
    public static void Map(RouteGroupBuilder guilds)
    {
        guilds.MapPost("/{guildId}/leave", LeaveAsync).WithName("leaveGuild").WithSummary("Leaves the guild.").Produces<GuildBody>();
        guilds.MapPost("/{guildId}/invite", InviteAsync).WithName("inviteToGuild").WithSummary("Invites a player.").Produces<GuildBody>();
        guilds.MapPost("/{guildId}/kick", KickAsync).WithName("kickFromGuild").WithSummary("Removes a member of a lower role.").Produces<GuildBody>();
        guilds.MapPost("/{guildId}/promote", PromoteAsync).WithName("promoteMember").WithSummary("Makes a member an officer.").Produces<GuildBody>();
        guilds.MapPost("/{guildId}/demote", DemoteAsync).WithName("demoteOfficer").WithSummary("Makes an officer a member.").Produces<GuildBody>();
        guilds.MapPost("/{guildId}/transfer", TransferAsync).WithName("transferLeadership").WithSummary("Makes a member the leader.")
            .Produces<GuildBody>();
        guilds.MapPost("/{guildId}/disband", DisbandAsync).WithName("disbandGuild").WithSummary("Ends the guild; the treasury goes to the leader.")
            .Produces<GuildBody>();
        guilds.MapPost("/{guildId}/withdraw", WithdrawAsync).WithName("withdrawGold").WithSummary("Pays gold from the treasury to the caller.")
            .Produces<GuildBody>(StatusCodes.Status202Accepted);
    }

    private static Task<IResult> LeaveAsync(string guildId, IdempotencyKey key, Caller caller, ShardRouter shards) =>
        HandleAsync(guildId, new LeaveGuild(key.For(caller), caller.PlayerId), caller, shards);

    private static async Task<IResult> InviteAsync(
        string guildId, JsonBody<TargetBody> body, IdempotencyKey key, Caller caller, ShardRouter shards)
    {
        var player = body.Value.PlayerId;
        if (shards.CheckServed(player) is { } elsewhere)
        {
            return Reply.Refused(elsewhere);
        }

        // An invite is kept until it is used: nobody's id must not take a place.
        return await shards.Home<IPlayerGrain>(player).GetAsync() is null
            ? Reply.Refused(Refusal.NotFound(RefusalCodes.PlayerNotFound, "There is no such player."))
            : await HandleAsync(guildId, new InviteMember(key.For(caller), caller.PlayerId, player), caller, shards);
    }

    private static Task<IResult> KickAsync(
        string guildId, JsonBody<TargetBody> body, IdempotencyKey key, Caller caller, ShardRouter shards) =>
        HandleAsync(guildId, new KickMember(key.For(caller), caller.PlayerId, body.Value.PlayerId), caller, shards);

    private static Task<IResult> PromoteAsync(
        string guildId, JsonBody<TargetBody> body, IdempotencyKey key, Caller caller, ShardRouter shards) =>
        HandleAsync(guildId, new PromoteMember(key.For(caller), caller.PlayerId, body.Value.PlayerId), caller, shards);

    private static Task<IResult> DemoteAsync(
        string guildId, JsonBody<TargetBody> body, IdempotencyKey key, Caller caller, ShardRouter shards) =>
        HandleAsync(guildId, new DemoteMember(key.For(caller), caller.PlayerId, body.Value.PlayerId), caller, shards);

    private static Task<IResult> TransferAsync(
        string guildId, JsonBody<TargetBody> body, IdempotencyKey key, Caller caller, ShardRouter shards) =>
        HandleAsync(guildId, new TransferLeadership(key.For(caller), caller.PlayerId, body.Value.PlayerId), caller, shards);

    private static Task<IResult> DisbandAsync(string guildId, IdempotencyKey key, Caller caller, ShardRouter shards) =>
        HandleAsync(guildId, new DisbandGuild(key.For(caller), caller.PlayerId), caller, shards);

    private static async Task<IResult> WithdrawAsync(
        string guildId, JsonBody<AmountBody> body, IdempotencyKey key, Caller caller, ShardRouter shards)
    {
        var outcome = await shards.Home<IGuildGrain>(guildId)
            .HandleAsync(new WithdrawFromTreasury(key.For(caller), caller.PlayerId, body.Value.Amount));
        return Reply.Of(outcome, guild => Reply.Accepted(GuildBody.For(caller.PlayerId, guild)));
    }

    private static async Task<IResult> HandleAsync(string guildId, GuildCommand command, Caller caller, ShardRouter shards) => Reply.Of(
        await shards.Home<IGuildGrain>(guildId).HandleAsync(command),
        guild => Reply.Ok(GuildBody.For(caller.PlayerId, guild)));
}
