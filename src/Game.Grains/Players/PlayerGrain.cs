using Game.Contracts;
using Game.Contracts.Feeds;
using Game.Contracts.Players;
using Game.Contracts.Wars;
using Game.Domain.Players;
using Game.Grains.EventSourcing;
using Game.Grains.Feeds;

namespace Game.Grains.Players;

[Reentrant]
public sealed class PlayerGrain(EventSourcingServices services)
    : EventSourcedGrain<Player, PlayerCommand>(services), IPlayerGrain
{
    protected override string Category => StreamName.Player;

    public Task<Outcome<PlayerView>> HandleAsync(PlayerCommand command) => ExecuteAsync(command, player => player.ToView());

    public async Task<PlayerView?> GetAsync() => await ReadAsync() is { Exists: true } player ? player.ToView() : null;

    public async Task<Outcome<StrikeResult>> StrikeAsync(string commandId, string warId, int power)
    {
        var player = await ReadAsync();
        var front = GrainFactory.GetGrain<IWarFrontGrain>(warId);
        var outcome = player.FightsFor is { } guild
            ? await front.StrikeAsync(new LandStrike(commandId, Key, guild, power))
            : Outcome.Refuse<StrikeResult>(Refusal.Conflict(RefusalCodes.NotInGuild, "Only members of a guild at war can strike."));

        // The guild is not the caller's word but today's membership: a strike stored for an earlier one keeps its answer.
        return outcome.Refusal?.Code is RefusalCodes.NotInGuild or RefusalCodes.CommandIdReused
            ? await front.FindStrikeAsync(commandId, Key, power) ?? outcome
            : outcome;
    }

    /// <summary>Tells the player how what began here ended elsewhere; what the player did is answered already.</summary>
    protected override void OnCommitted(IReadOnlyList<GameEvent> facts)
    {
        foreach (var fact in facts)
        {
            if (fact is GuildMembershipConfirmed or GuildMembershipRefused or GuildMembershipEnded or GuildDepositRefunded or GoldReceived)
            {
                Feed.Push(
                    GrainFactory,
                    FeedTopics.Player(Key),
                    "player.event",
                    new { playerId = Key, kind = Codec.AliasOf(fact.GetType()), @event = (object)fact });
            }
        }
    }
}
