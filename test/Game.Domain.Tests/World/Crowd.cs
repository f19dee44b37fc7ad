using System.Globalization;
using Game.Contracts;
using Game.Contracts.Guilds;
using Game.Contracts.Players;
using Game.Contracts.Wars;
using Game.Domain.Guilds;

namespace Game.Domain.Tests.World;

/// <summary>What players do: anything the game offers, in and out of turn, mostly on things that exist.</summary>
internal sealed class Crowd(PureWorld world, Random random)
{
    private static readonly string[] GuildNames = ["Red Band", "red band", "Blue Band", "Grey Band", "x"];

    private int _count;

    public void ActOnce()
    {
        if (world.Players.Count < 9 && random.Next(4) == 0)
        {
            var player = NewId("p");
            Do(Office.Player, player, id => new RegisterPlayer(id, "player", random.Next(0, 500)));
            return;
        }

        if (world.Players.Count == 0)
        {
            return;
        }

        switch (random.Next(7))
        {
            case 0:
                Meet();
                break;
            case 1:
                MoveGold();
                break;
            case 2:
                Manage();
                break;
            case 3 or 4:
                Negotiate();
                break;
            default:
                Strike();
                break;
        }
    }

    /// <summary>The leader takes up or turns down what is still offered.</summary>
    public void AnswerOffers(Guild guild)
    {
        var leader = guild.Members.Values.Single(member => member.Role == GuildRole.Leader).PlayerId;
        foreach (var war in guild.Wars.Values.Where(war => war.Status == GuildWarStatus.Offered))
        {
            Do(Office.Guild, guild.Id, id => random.Next(2) == 0
                ? new AcceptWar(id, leader, war.WarId)
                : new DeclineWar(id, leader, war.WarId));
        }
    }

    private void Meet()
    {
        var player = AnyPlayer();
        var guild = NewId("g", Sagas.ShardOf(player));
        var name = GuildNames[random.Next(GuildNames.Length)];
        Do(Office.Player, player, id => random.Next(3) == 0
            ? new RequestGuildFounding(id, guild, name, "TAG", random.Next(2) == 0 ? JoinPolicy.Open : JoinPolicy.Invite)
            : new RequestGuildJoin(id, AnyGuild(), random.Next(3) == 0));
    }

    private void MoveGold()
    {
        if (random.Next(2) == 0)
        {
            Do(Office.Player, AnyPlayer(), id => new SendGuildDeposit(id, random.Next(-5, 200)));
        }
        else
        {
            var guild = AnyGuild();
            Do(Office.Guild, guild, id => new WithdrawFromTreasury(id, MemberOf(guild), random.Next(-5, 100)));
        }
    }

    private void Manage()
    {
        var guild = AnyGuild();
        var (actor, target) = (MemberOf(guild), MemberOf(guild));
        Do(Office.Guild, guild, id => random.Next(20) switch
        {
            0 => new LeaveGuild(id, target),
            < 6 => new InviteMember(id, actor, AnyPlayer()),
            < 8 => new KickMember(id, actor, random.Next(2) == 0 ? target : AnyPlayer()),
            < 14 => new PromoteMember(id, actor, target),
            < 16 => new DemoteMember(id, actor, target),
            < 19 => new TransferLeadership(id, actor, target),
            _ => new DisbandGuild(id, actor),
        });
    }

    private void Negotiate()
    {
        var guild = AnyGuild();
        var actor = MemberOf(guild);
        var war = Any(world.Guilds.TryGetValue(guild, out var node) ? [.. node.State.Wars.Keys] : [], AnyWar());
        switch (random.Next(8))
        {
            case 0 or 1:
                Do(Office.Guild, guild, id => new HoldWager(
                    id, actor, NewId("w", Sagas.ShardOf(guild)), AnyGuild(), random.Next(0, 40), random.Next(3, 200)));
                break;
            case 6:
                Do(Office.Guild, guild, id => new DeclineWar(id, actor, war));
                break;
            case 7:
                Do(Office.War, war, id => new CancelWar(id, actor, "changed their minds"));
                break;
            default:
                Do(Office.Guild, guild, id => new AcceptWar(id, actor, war));
                break;
        }
    }

    private void Strike()
    {
        var player = AnyPlayer();
        if (world.Players.TryGetValue(player, out var node) && node.State.FightsFor is { } guild)
        {
            var war = Any([.. world.Guilds[guild].State.Wars.Keys], AnyWar());
            Do(Office.Front, $"{Sagas.ShardOf(player)}/{war}", id => new LandStrike(id, player, guild, random.Next(-1, 103)));
        }
    }

    /// <summary>Mostly somebody with a say, sometimes any member, now and then a stranger.</summary>
    private string MemberOf(string guild)
    {
        GuildMember[] members = world.Guilds.TryGetValue(guild, out var node) ? [.. node.State.Members.Values] : [];
        return random.Next(3) > 0 && members.Length > 0
            ? members.MaxBy(member => member.Role)!.PlayerId
            : random.Next(4) > 0 ? Any([.. members.Select(member => member.PlayerId)], AnyPlayer()) : AnyPlayer();
    }

    private void Do(Office to, string key, Func<string, Command> command) =>
        world.Send(new Letter(to, key, command((++_count).ToString(CultureInfo.InvariantCulture))));

    private string AnyPlayer() => Any(world.Players.Keys, "s01.nobody");

    private string AnyGuild() => Any(world.Guilds.Keys, "s01.no-guild");

    private string AnyWar() => Any(world.Wars.Keys, "s01.no-war");

    private string Any(IReadOnlyCollection<string> of, string none) =>
        of.Count == 0 || random.Next(40) == 0 ? none : of.ElementAt(random.Next(of.Count));

    private string NewId(string kind, string? shard = null) =>
        $"{shard ?? PureWorld.Shards[random.Next(PureWorld.Shards.Count)]}.{kind}{++_count:D6}";
}
