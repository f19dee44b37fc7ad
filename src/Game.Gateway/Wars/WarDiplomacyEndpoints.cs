using Game.Contracts;
using Game.Contracts.Guilds;
using Game.Contracts.Identity;
using Game.Contracts.Players;
using Game.Contracts.Wars;
using Game.Gateway.Http;

namespace Game.Gateway.Wars;

/// <summary>Wars: declaring, answering and taking back. Guilds decide who may.</summary>
internal static class WarDiplomacyEndpoints
{
    private static readonly Refusal NoGuild = Refusal.Forbidden(RefusalCodes.NotMember, "Only members of a guild may do that.");

    public static void Map(RouteGroupBuilder wars)
    {
        wars.MapPost("/", DeclareAsync).WithName("declareWar").WithSummary("Declares war for the own guild; holds its wager.")
            .Produces<WarBody>(StatusCodes.Status201Created);
        wars.MapPost("/{warId}/accept", AcceptAsync).WithName("acceptWar").WithSummary("Takes up a declared war; holds the defender's wager.")
            .Produces<WarBody>(StatusCodes.Status202Accepted);
        wars.MapPost("/{warId}/decline", DeclineAsync).WithName("declineWar").WithSummary("Refuses a declared war.")
            .Produces<WarBody>(StatusCodes.Status202Accepted);
        wars.MapPost("/{warId}/cancel", CancelAsync).WithName("cancelWar").WithSummary("Takes a war back before it starts.").Produces<WarBody>();
    }

    private static async Task<IResult> DeclareAsync(
        JsonBody<DeclareBody> body, IdempotencyKey key, Caller caller, ShardRouter shards, TimeProvider clock)
    {
        var (attacker, problem) = await OwnGuildAsync(caller, shards);
        if (attacker is null)
        {
            return Reply.Refused(problem!);
        }

        if (await FindDefenderAsync(body.Value.Defender, shards) is { } noDefender)
        {
            return Reply.Refused(noDefender);
        }

        var id = EntityId.New(EntityId.ShardOf(attacker), clock.GetUtcNow()).ToString();
        var hold = new HoldWager(
            key.For(caller), caller.PlayerId, id, body.Value.Defender, body.Value.Wager, body.Value.DurationSeconds);
        var held = await shards.Home<IGuildGrain>(attacker).HandleAsync(hold);
        if (!held.Accepted)
        {
            return Reply.Refused(held.Refusal);
        }

        // A repeated declaration gets the first one's answer, and with it the first one's id: the one war with this opponent.
        var entry = held.Value.Wars.Single(war => war.Opponent == body.Value.Defender);
        var war = shards.Home<IGuildWarGrain>(entry.WarId);

        // The stored wager creates the war anyway; done here too so that the war can be read at once.
        var declared = await war.HandleAsync(new DeclareWar(
            $"declare:{entry.WarId}",
            caller.PlayerId,
            attacker,
            held.Value.Name,
            body.Value.Defender,
            body.Value.Wager,
            body.Value.DurationSeconds));
        return Reply.Of(declared, view => Reply.Created(WarBody.Of(view)));
    }

    private static Task<IResult> AcceptAsync(string warId, IdempotencyKey key, Caller caller, ShardRouter shards) =>
        AnswerAsync(warId, new AcceptWar(key.For(caller), caller.PlayerId, warId), WarStatus.Declared, caller, shards);

    private static Task<IResult> DeclineAsync(string warId, IdempotencyKey key, Caller caller, ShardRouter shards) =>
        AnswerAsync(warId, new DeclineWar(key.For(caller), caller.PlayerId, warId), WarStatus.Cancelled, caller, shards);

    private static async Task<IResult> AnswerAsync(
        string warId, GuildCommand answer, WarStatus then, Caller caller, ShardRouter shards)
    {
        var war = await WarEndpoints.FindAsync(warId, caller, shards);
        var defender = war?.Defender;
        if (war is null)
        {
            if (shards.Serves(EntityId.ShardOf(warId)))
            {
                return Reply.Refused(WarEndpoints.NotFound);
            }

            // The war's home is elsewhere: only the guild it was offered to knows of it here.
            (defender, var problem) = await OwnGuildAsync(caller, shards);
            if (defender is null)
            {
                return Reply.Refused(problem!);
            }
        }

        if (shards.CheckServed(defender!) is { } elsewhere)
        {
            return Reply.Refused(elsewhere);
        }

        var answered = await shards.Home<IGuildGrain>(defender!).HandleAsync(answer);
        if (!answered.Accepted)
        {
            return Reply.Refused(answered.Refusal);
        }

        var entry = answered.Value.Wars.FirstOrDefault(entry => entry.WarId == warId);
        return Reply.Accepted(
            await WarEndpoints.FindAsync(warId, caller, shards)
            ?? WarBody.Of(answered.Value, warId, entry?.Opponent, entry?.Wager, then));
    }

    private static async Task<IResult> CancelAsync(string warId, IdempotencyKey key, Caller caller, ShardRouter shards) =>
        shards.CheckServed(warId) is { } elsewhere
            ? Reply.Refused(elsewhere)
            : Reply.Of(
                await shards.Home<IGuildWarGrain>(warId).HandleAsync(new CancelWar(key.For(caller), caller.PlayerId, "cancelled")),
                war => Reply.Ok(WarBody.Of(war)));

    private static async Task<(string? Guild, Problem? Problem)> OwnGuildAsync(Caller caller, ShardRouter shards)
    {
        var player = await shards.Home<IPlayerGrain>(caller.PlayerId).GetAsync();
        return player is { Membership: MembershipStatus.Member, GuildId: { } guild }
            ? shards.CheckServed(guild) is { } elsewhere ? (null, elsewhere) : (guild, null)
            : (null, Problem.From(NoGuild));
    }

    /// <summary>A guild elsewhere answers for itself, later; one here is known not to exist at once.</summary>
    private static async Task<Problem?> FindDefenderAsync(string defender, ShardRouter shards) =>
        !shards.Serves(EntityId.ShardOf(defender)) || await shards.Home<IGuildGrain>(defender).GetAsync() is not null
            ? null
            : Problem.From(Refusal.NotFound(RefusalCodes.GuildNotFound, "There is no such guild."));
}
