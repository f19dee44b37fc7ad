using Game.Contracts;
using Game.Contracts.Friends;
using Game.Contracts.Guilds;
using Game.Contracts.Identity;
using Game.Contracts.Players;
using Game.Contracts.Wars;
using Game.Contracts.WorldEvents;
using Game.Grains.EventSourcing;

namespace Game.Simulation.Tests;

/// <summary>One player: registers, finds a guild, and then does what its role allows, at random.</summary>
internal sealed class PlayerClient
{
    private static readonly string[] GuildNames = ["Iron", "Ash", "Storm", "Dawn"];

    private readonly World _world;
    private readonly CommandSender _sender;
    private readonly string _name;
    private readonly string _shard;
    private readonly string _id;

    public PlayerClient(World world, int number)
    {
        _world = world;
        _name = $"player{number}";
        _sender = new CommandSender(world, _name);
        _shard = world.Names[world.Random.Next(world.Names.Count)];
        _id = world.NewId(_shard);
    }

    private Random Random => _world.Random;

    public async Task LiveAsync()
    {
        await ThinkAsync(2);
        await SendAsync(new RegisterPlayer(_sender.NextId(), _name, Random.Next(50, 5000)));
        _world.Players.Add(_id);
        for (var action = 0; action < _world.Plan.ActionsPerPlayer; action++)
        {
            await ThinkAsync(3);
            await (Random.Next(4) == 0 ? MeetAsync() : ActAsync());
        }
    }

    private async Task ActAsync()
    {
        if (_world.Bosses.Count > 0 && Random.Next(3) == 0)
        {
            await StrikeBossAsync(Pick(_world.Bosses));
            return;
        }

        var me = await _sender.AskAsync(_shard, grains => grains.GetGrain<IPlayerGrain>(_id).GetAsync())
            ?? throw new RuleBrokenException($"{_name} was registered and is not there.");
        switch (me.Membership)
        {
            case MembershipStatus.None when _world.Guilds.Count < _world.Plan.Guilds || Random.Next(10) == 0:
                await FoundAsync();
                break;
            case MembershipStatus.None:
                await SendAsync(new RequestGuildJoin(_sender.NextId(), Pick(_world.Guilds), Random.Next(2) == 0));
                break;
            case MembershipStatus.Member:
                var shard = EntityId.ShardOf(me.GuildId!);
                var guild = await _sender.AskAsync(shard, grains => grains.GetGrain<IGuildGrain>(me.GuildId!).GetAsync())
                    ?? throw new RuleBrokenException($"{_name} is a member of {me.GuildId}, which does not exist.");
                await ActInGuildAsync(guild, guild.Members.FirstOrDefault(member => member.PlayerId == _id)?.Role ?? GuildRole.Member);
                break;
        }
    }

    /// <summary>Whatever can be done to another player's friendship, in and out of turn; now and then to somebody who does not exist.</summary>
    private async Task MeetAsync()
    {
        var list = await _sender.AskAsync(_shard, grains => grains.GetGrain<IFriendListGrain>(_id).GetAsync());
        var other = list.Incoming.Count > 0 && Random.Next(2) == 0 ? Pick(list.Incoming).PlayerId
            : Random.Next(12) == 0 ? _world.NewId(Pick(_world.Names))
            : Pick(_world.Players);
        var id = _sender.NextId();
        FriendCommand command = Random.Next(8) switch
        {
            0 => new DeclineFriend(id, other),
            1 => new RemoveFriend(id, list.Friends.Count > 0 ? Pick(list.Friends).PlayerId : other),
            2 when list.Blocked.Count > 0 => new UnblockPlayer(id, Pick(list.Blocked)),
            2 when Random.Next(2) == 0 && other != _id => new BlockPlayer(id, other),
            3 or 4 or 5 => new AcceptFriend(id, other, _name),
            _ => new RequestFriend(id, other, _name),
        };
        await _sender.SendAsync(
            _shard, StreamName.Of(StreamName.Friends, _id), command, grains => grains.GetGrain<IFriendListGrain>(_id).HandleAsync(command));
    }

    private async Task FoundAsync()
    {
        var guild = _world.NewId(_shard);
        var founding = await SendAsync(new RequestGuildFounding(
            _sender.NextId(), guild, Pick(GuildNames), "TAG", Random.Next(4) == 0 ? JoinPolicy.Invite : JoinPolicy.Open));
        if (founding.Accepted)
        {
            _world.Guilds.Add(guild);
        }
    }

    private async Task ActInGuildAsync(GuildView guild, GuildRole role)
    {
        var engaged = guild.Wars.Where(war => war.Status == GuildWarStatus.Engaged).ToList();
        if (engaged.Count > 0 && Random.Next(4) != 0)
        {
            var war = Pick(engaged).WarId;
            var front = await _sender.AskAsync(_shard, grains => grains.GetGrain<IWarFrontGrain>(war).GetAsync());
            if (front is { Closed: false } || Random.Next(10) == 0)
            {
                await StrikeAsync(war);
                return;
            }
        }

        if (role == GuildRole.Member || Random.Next(4) == 0)
        {
            await ActAsMemberAsync(guild);
        }
        else
        {
            await ActAsOfficerAsync(guild);
        }
    }

    private async Task StrikeAsync(string war)
    {
        for (var strikes = Random.Next(1, 6); strikes > 0; strikes--)
        {
            var power = Random.Next(1, 101);
            var command = new LandStrike(_sender.NextId(), _id, "", power);
            var outcome = await _sender.SendAsync(
                _shard,
                StreamName.Of(StreamName.Front, war),
                command,
                grains => grains.GetGrain<IPlayerGrain>(_id).StrikeAsync(command.CommandId, war, power));
            if (outcome.Accepted)
            {
                _world.Ledger.Add(new AcknowledgedStrike(command.CommandId, _shard, war, _id, power, outcome.Value.PlayerTotal));
            }

            await ThinkAsync(0.3);
        }
    }

    private async Task StrikeBossAsync(string boss)
    {
        for (var strikes = Random.Next(1, 6); strikes > 0; strikes--)
        {
            var command = new StrikeBoss(_sender.NextId(), _id, Random.Next(1, 101));
            var outcome = await _sender.SendAsync(
                _shard,
                StreamName.Of(StreamName.EventFront, boss),
                command,
                grains => grains.GetGrain<IWorldEventFrontGrain>(boss).StrikeAsync(command));
            if (outcome.Accepted)
            {
                _world.Ledger.AddBossStrike(
                    new AcknowledgedStrike(command.CommandId, _shard, boss, _id, command.Power, outcome.Value.PlayerTotal));
            }

            await ThinkAsync(0.3);
        }
    }

    private async Task ActAsMemberAsync(GuildView guild)
    {
        switch (Random.Next(10))
        {
            case 0:
                await SendAsync(guild.Id, new LeaveGuild(_sender.NextId(), _id));
                break;
            case 1:
                await SendAsync(new SendGuildDeposit(_sender.NextId(), long.MaxValue));
                break;
            default:
                await SendAsync(new SendGuildDeposit(_sender.NextId(), Random.Next(1, 400)));
                break;
        }
    }

    private async Task ActAsOfficerAsync(GuildView guild)
    {
        var other = Pick(_world.Guilds);
        var member = Pick(guild.Members).PlayerId;
        var offer = guild.Wars.FirstOrDefault(war => war.Status == GuildWarStatus.Offered);
        if (offer is not null && Random.Next(2) == 0)
        {
            await SendAsync(guild.Id, new AcceptWar(_sender.NextId(), _id, offer.WarId));
            return;
        }

        switch (Random.Next(12))
        {
            case 0:
                await SendAsync(guild.Id, new WithdrawFromTreasury(_sender.NextId(), _id, Random.Next(1, 300)));
                break;
            case 1:
                await SendAsync(guild.Id, new KickMember(_sender.NextId(), _id, member));
                break;
            case 2:
                await SendAsync(guild.Id, new PromoteMember(_sender.NextId(), _id, member));
                break;
            case 3:
                await SendAsync(guild.Id, new TransferLeadership(_sender.NextId(), _id, member));
                break;
            case 4 when Random.Next(3) == 0:
                await SendAsync(guild.Id, new DisbandGuild(_sender.NextId(), _id));
                break;
            case 5:
                await SendAsync(guild.Id, new InviteMember(_sender.NextId(), _id, _world.NewId(Pick(_world.Names))));
                break;
            case 6 when guild.Wars.Count > 0:
                await CancelAsync(Pick(guild.Wars).WarId);
                break;
            case 7 when offer is not null:
                await SendAsync(guild.Id, new DeclineWar(_sender.NextId(), _id, offer.WarId));
                break;
            default:
                await DeclareAsync(guild.Id, other);
                break;
        }
    }

    private async Task DeclareAsync(string guild, string opponent)
    {
        var war = _world.NewId(EntityId.ShardOf(guild));
        var declared = await SendAsync(
            guild, new HoldWager(_sender.NextId(), _id, war, opponent, Random.Next(1, 100), Random.Next(5, 40)));
        if (declared.Accepted && Random.Next(4) == 0)
        {
            // Thinks better of it, while the offer may still be under way.
            await ThinkAsync(2);
            await CancelAsync(war);
        }
    }

    private async Task CancelAsync(string war)
    {
        var command = new CancelWar(_sender.NextId(), _id, "no longer wanted");
        await _sender.SendAsync(
            EntityId.ShardOf(war),
            StreamName.Of(StreamName.War, war),
            command,
            grains => grains.GetGrain<IGuildWarGrain>(war).HandleAsync(command));
    }

    private Task<Outcome<PlayerView>> SendAsync(PlayerCommand command) => _sender.SendAsync(
        _shard, StreamName.Of(StreamName.Player, _id), command, grains => grains.GetGrain<IPlayerGrain>(_id).HandleAsync(command));

    private Task<Outcome<GuildView>> SendAsync(string guild, GuildCommand command) => _sender.SendAsync(
        EntityId.ShardOf(guild),
        StreamName.Of(StreamName.Guild, guild),
        command,
        grains => grains.GetGrain<IGuildGrain>(guild).HandleAsync(command));

    private Task ThinkAsync(double seconds) => _world.DelayAsync(TimeSpan.FromSeconds(Random.NextDouble() * seconds));

    private T Pick<T>(IReadOnlyList<T> choices) => choices[Random.Next(choices.Count)];
}
