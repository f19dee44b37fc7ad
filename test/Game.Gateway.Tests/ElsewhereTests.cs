using System.Net;
using Game.Gateway.Tests.Harness;

namespace Game.Gateway.Tests;

/// <summary>A gateway that serves some of the game's shards only: the others are reached over the bus, or not at all.</summary>
public sealed class ElsewhereTests
{
    [Fact]
    public async Task Guild_OfAShardThatAnotherGatewayServes_IsJoinedAndPaidIntoOverTheBus()
    {
        await using var shards = await TestShards.StartAsync(2);
        string guild;
        await using (var everywhere = await TestGateway.StartAsync(shards: shards))
        {
            guild = await (await everywhere.RegisterAsync("s02")).FoundAsync();
        }

        shards.Hide("s02");
        await using var gateway = await TestGateway.StartAsync(shards: shards);
        var player = await gateway.RegisterAsync("s01");
        (await player.PostAsync($"/v1/guilds/{guild}/join")).Expect(HttpStatusCode.Accepted);
        await player.UntilAsync("/v1/players/me", me => me.GetProperty("membership").GetString() == "member");
        (await player.PostAsync($"/v1/guilds/{guild}/deposit", new { amount = 5 })).Expect(HttpStatusCode.Accepted);

        // What has to be read from there is refused here.
        var read = await player.GetAsync($"/v1/guilds/{guild}");
        read.Expect(HttpStatusCode.MisdirectedRequest);
        Assert.Equal("shard_not_served", read.Text("code"));
    }

    /// <summary>Nobody would ever answer.</summary>
    [Fact]
    public async Task Guild_OfAShardThatDoesNotExist_IsRefused_AndThePlayerStaysFree()
    {
        await using var gateway = await TestGateway.StartAsync(shards: null);
        var player = await gateway.RegisterAsync("s01");
        var refused = await player.PostAsync("/v1/guilds/s77.01ARZ3NDEKTSV4RRFFQ69G5FAV/join");
        refused.Expect(HttpStatusCode.MisdirectedRequest);
        Assert.Equal("shard_not_served", refused.Text("code"));
        var me = await player.GetAsync("/v1/players/me");
        Assert.Equal("none", me.Text("membership"));
    }
}
