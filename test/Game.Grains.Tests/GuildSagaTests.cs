using Game.Contracts;
using Game.Contracts.Guilds;
using Game.Contracts.Identity;
using Game.Contracts.Notifications;
using Game.Contracts.Players;

namespace Game.Grains.Tests;

public sealed class GuildSagaTests
{
    [Fact]
    public async Task A_taken_name_gives_the_fee_back()
    {
        await using var world = await TestWorld.StartAsync(1);
        var (first, second) = (await world.RegisterAsync("s01", "first"), await world.RegisterAsync("s01", "second"));
        await world.FoundAsync(first, "The Only Ones");

        var guild = EntityId.New("s01", DateTimeOffset.UtcNow).ToString();
        var player = world.HomeGrain<IPlayerGrain>(second);
        var requested = await player.HandleAsync(new RequestGuildFounding("found", guild, "the only ones", "TAG", JoinPolicy.Open));

        Assert.Equal(900, requested.Value?.Gold);
        var refunded = await TestWorld.UntilAsync(() => player.GetAsync(), view => view!.Membership == MembershipStatus.None);
        Assert.Equal(1000, refunded!.Gold);
        Assert.Null(await world.HomeGrain<IGuildGrain>(guild).GetAsync());
    }

    [Fact]
    public async Task An_invitation_reaches_a_player_on_another_shard_who_can_then_join()
    {
        await using var world = await TestWorld.StartAsync(2);
        var (leader, guest) = (await world.RegisterAsync("s01", "leader"), await world.RegisterAsync("s02", "guest"));
        var guild = EntityId.New("s01", DateTimeOffset.UtcNow).ToString();
        await world.HomeGrain<IPlayerGrain>(leader).HandleAsync(
            new RequestGuildFounding("found", guild, "By Invitation", "INV", JoinPolicy.Invite));
        await TestWorld.UntilAsync(() => world.HomeGrain<IGuildGrain>(guild).GetAsync(), view => view is not null);

        var player = world.HomeGrain<IPlayerGrain>(guest);
        await player.HandleAsync(new RequestGuildJoin("too-early", guild, UsingInvite: false));
        await TestWorld.UntilAsync(() => player.GetAsync(), view => view!.Membership == MembershipStatus.None);

        var invited = await world.HomeGrain<IGuildGrain>(guild).HandleAsync(new InviteMember("invite", leader, guest));
        Assert.Null(invited.Refusal);
        var mailbox = world.HomeGrain<IMailboxGrain>(guest);
        var letters = await TestWorld.UntilAsync(() => mailbox.ListAsync(0, 10), list => list.Count > 0);
        Assert.Equal(("guild.invited", guild), (letters[0].Kind, letters[0].Subject));
        await world.JoinAsync(guest, guild);
        var view = await world.HomeGrain<IGuildGrain>(guild).GetAsync();
        Assert.Equal([leader, guest], view!.Members.Select(member => member.PlayerId).Order());
    }

    [Fact]
    public async Task Gold_goes_into_the_treasury_and_out_again_over_shards()
    {
        await using var world = await TestWorld.StartAsync(2);
        var (leader, member) = (await world.RegisterAsync("s01", "leader"), await world.RegisterAsync("s02", "member"));
        var guild = await world.FoundAsync(leader, "Bankers");
        await world.JoinAsync(member, guild);

        await world.HomeGrain<IPlayerGrain>(member).HandleAsync(new SendGuildDeposit("deposit", 300));
        await TestWorld.UntilAsync(() => world.HomeGrain<IGuildGrain>(guild).GetAsync(), view => view!.Treasury == 400);
        var tooMuch = await world.HomeGrain<IGuildGrain>(guild).HandleAsync(new WithdrawFromTreasury("too-much", leader, 401));
        var byMember = await world.HomeGrain<IGuildGrain>(guild).HandleAsync(new WithdrawFromTreasury("by-member", member, 1));
        await world.HomeGrain<IGuildGrain>(guild).HandleAsync(new WithdrawFromTreasury("withdraw", leader, 250));

        Assert.Equal(RefusalCodes.InsufficientTreasury, tooMuch.Refusal?.Code);
        Assert.Equal(RefusalCodes.NotOfficer, byMember.Refusal?.Code);
        await TestWorld.UntilAsync(() => world.HomeGrain<IPlayerGrain>(leader).GetAsync(), view => view!.Gold == 900 + 250);
        var audit = await world.HomeGrain<IGuildGrain>(guild).GetAuditAsync(0, 10);
        Assert.Equal(
            ["guild.treasury-withdrawn", "guild.deposit-received", "guild.member-joined", "guild.founded"],
            audit.Select(entry => entry.Action));
        var ledger = await world.LedgerAsync();
        Assert.True(ledger is { Balanced: true, InTransit: 0, Minted: 2000 });
    }

    [Fact]
    public async Task Disbanding_frees_every_member_pays_the_leader_and_frees_the_name()
    {
        await using var world = await TestWorld.StartAsync(2);
        var (leader, member) = (await world.RegisterAsync("s01", "leader"), await world.RegisterAsync("s02", "member"));
        var guild = await world.FoundAsync(leader, "Short Lived");
        await world.JoinAsync(member, guild);

        await world.HomeGrain<IGuildGrain>(guild).HandleAsync(new DisbandGuild("disband", leader));

        await TestWorld.UntilAsync(() => world.HomeGrain<IPlayerGrain>(member).GetAsync(), view => view!.GuildId is null);
        await TestWorld.UntilAsync(() => world.HomeGrain<IPlayerGrain>(leader).GetAsync(), view => view is { GuildId: null, Gold: 1000 });
        var directory = world.Grains("s01").GetGrain<IGuildDirectoryGrain>("s01");
        await TestWorld.UntilAsync(() => directory.SearchAsync("short", null, 10), found => found.Count == 0);
        await world.FoundAsync(leader, "Short Lived");
    }
}
