using Game.Contracts;
using Game.Contracts.Guilds;
using Game.Contracts.Identity;
using Game.Contracts.Players;
using Game.Contracts.Shards;
using Game.Domain;
using Game.Gateway.Http;
using Game.Gateway.Players;

namespace Game.Gateway.Guilds;

/// <summary>Guilds: reading them, and becoming a member.</summary>
internal static class GuildEndpoints
{
    private const string SearchList = "guilds";
    private const string AuditList = "audit";

    public static void Map(RouteGroupBuilder api)
    {
        var guilds = api.MapGroup("/guilds").WithTags("Guilds");
        guilds.MapPost("/", FoundAsync).WithName("foundGuild").WithSummary("Asks for a guild of one's own; costs the founding fee.")
            .Produces<FoundingBody>(StatusCodes.Status202Accepted);
        guilds.MapGet("/", SearchAsync).WithName("searchGuilds").WithSummary("Guilds of a shard whose name contains a text, by name.")
            .Produces<Page<GuildSummary>>();
        guilds.MapGet("/{guildId}", GetAsync).WithName("getGuild").WithSummary("A guild.").Produces<GuildBody>();
        guilds.MapGet("/{guildId}/audit", AuditAsync).WithName("getGuildAudit").WithSummary("Who did what, newest first; for members.")
            .Produces<Page<AuditEntry>>();
        guilds.MapPost("/{guildId}/join", JoinAsync).WithName("joinGuild").WithSummary("Asks to come in.")
            .Produces<PlayerBody>(StatusCodes.Status202Accepted);
        guilds.MapPost("/{guildId}/accept", AcceptAsync).WithName("acceptGuildInvite").WithSummary("Takes up an invite.")
            .Produces<PlayerBody>(StatusCodes.Status202Accepted);
        guilds.MapPost("/{guildId}/deposit", DepositAsync).WithName("depositGold").WithSummary("Pays gold into the own guild's treasury.")
            .Produces<PlayerBody>(StatusCodes.Status202Accepted);
        GuildMemberEndpoints.Map(guilds);
    }

    private static async Task<IResult> FoundAsync(
        JsonBody<FoundBody> body, IdempotencyKey key, Caller caller, ShardRouter shards, TimeProvider clock)
    {
        var id = EntityId.New(caller.Shard, clock.GetUtcNow()).ToString();
        var request = new RequestGuildFounding(key.For(caller), id, body.Value.Name, body.Value.Tag, body.Value.Policy);
        var outcome = await shards.Home<IPlayerGrain>(caller.PlayerId).HandleAsync(request);

        // A repeated request gets the first one's answer, and with it the first one's id.
        return Reply.Of(outcome, player => Reply.Accepted(new FoundingBody(player.GuildId!, PlayerBody.Own(player))));
    }

    private static async Task<IResult> SearchAsync(
        string? name, string? shard, QueryNumber? limit, string? cursor, Caller caller, ShardRouter shards)
    {
        shard ??= caller.Shard;
        name ??= "";
        var problem = name.Length <= GuildLimits.MaxNameLength ? null : Problem.Invalid("name", $"at most {GuildLimits.MaxNameLength} characters");
        problem ??= !ShardId.IsValid(shard) ? Problem.Invalid("shard", "1 to 32 characters of a-z 0-9 -")
            : !shards.Serves(shard) ? Problem.ShardNotServed(shard) : null;
        var paging = PageRequest.Read(SearchList, limit, cursor, key => Names.CheckGuildName(key) is null, out var page);
        if ((problem ?? paging) is { } refused)
        {
            return Reply.Refused(refused);
        }

        var found = await shards.On(shard).GetGrain<IGuildDirectoryGrain>(shard).SearchAsync(name, page.After, page.CountAndOne);
        return Reply.Ok(page.Of(SearchList, found, guild => guild.Name));
    }

    private static async Task<IResult> GetAsync(string guildId, Caller caller, ShardRouter shards) =>
        await shards.Home<IGuildGrain>(guildId).GetAsync() is { } guild
            ? Reply.Ok(GuildBody.For(caller.PlayerId, guild))
            : Reply.Refused(NotFound);

    private static async Task<IResult> AuditAsync(
        string guildId, QueryNumber? limit, string? cursor, Caller caller, ShardRouter shards)
    {
        if (PageRequest.ReadNumbered(AuditList, limit, cursor, out var page) is { } problem)
        {
            return Reply.Refused(problem);
        }

        var grain = shards.Home<IGuildGrain>(guildId);
        if (await grain.GetAsync() is not { } guild)
        {
            return Reply.Refused(NotFound);
        }

        if (guild.Members.All(member => member.PlayerId != caller.PlayerId))
        {
            return Reply.Refused(NotMember);
        }

        var entries = await grain.GetAuditAsync(page.AfterNumber, page.CountAndOne);
        return Reply.Ok(page.Of(AuditList, entries, entry => $"{entry.Version}"));
    }

    [GuildMayBeElsewhere]
    private static Task<IResult> JoinAsync(string guildId, IdempotencyKey key, Caller caller, ShardRouter shards) =>
        RequestJoinAsync(guildId, key, caller, shards, usingInvite: false);

    [GuildMayBeElsewhere]
    private static Task<IResult> AcceptAsync(string guildId, IdempotencyKey key, Caller caller, ShardRouter shards) =>
        RequestJoinAsync(guildId, key, caller, shards, usingInvite: true);

    private static async Task<IResult> RequestJoinAsync(
        string guildId, IdempotencyKey key, Caller caller, ShardRouter shards, bool usingInvite)
    {
        if (await FindShardAsync(guildId, caller, shards) is { } noShard)
        {
            return Reply.Refused(noShard);
        }

        var request = new RequestGuildJoin(key.For(caller), guildId, usingInvite);
        var outcome = await shards.Home<IPlayerGrain>(caller.PlayerId).HandleAsync(request);
        return Reply.Of(outcome, player => Reply.Accepted(PlayerBody.Own(player)));
    }

    [GuildMayBeElsewhere]
    private static async Task<IResult> DepositAsync(
        string guildId, JsonBody<AmountBody> body, IdempotencyKey key, Caller caller, ShardRouter shards)
    {
        var request = new SendGuildDeposit(key.For(caller), body.Value.Amount, guildId);
        var outcome = await shards.Home<IPlayerGrain>(caller.PlayerId).HandleAsync(request);
        return Reply.Of(outcome, player => Reply.Accepted(PlayerBody.Own(player)));
    }

    /// <summary>A message to a shard that nobody runs would never be answered. (A deposit goes to the own guild only.)</summary>
    private static async Task<Problem?> FindShardAsync(string guildId, Caller caller, ShardRouter shards)
    {
        var shard = EntityId.ShardOf(guildId);
        return shards.Serves(shard)
            || (await shards.On(caller.Shard).GetGrain<IShardRegistryGrain>(caller.Shard).GetAsync()).Shards.Contains(shard)
            ? null
            : Problem.ShardNotServed(shard);
    }

    internal static Refusal NotFound { get; } = Refusal.NotFound(RefusalCodes.GuildNotFound, "There is no such guild.");

    internal static Refusal NotMember { get; } =
        Refusal.Forbidden(RefusalCodes.NotMember, "Only members of this guild may do that.");
}
