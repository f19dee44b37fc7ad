using System.Net;
using Game.Gateway.Tests.Harness;

namespace Game.Gateway.Tests.Social;

/// <summary>A ranking over all shards from what they tell each other: shards that are not served here count too.</summary>
public sealed class GlobalBoardTests
{
    [Fact]
    public async Task Board_OverAllShards_CountsThoseOfOtherProcesses_WithinSeconds()
    {
        await using var shards = await TestShards.StartAsync(3);
        await using var gateway = await TestGateway.StartAsync(shards: shards);
        var players = new List<TestPlayer>();
        for (var i = 0; i < 9; i++)
        {
            var player = await gateway.RegisterAsync(shards.All[i % 3]);
            players.Add(player);
            (await player.PostAsync($"/v1/leaderboards/{TestShards.Board}/submit", new { score = 10 * (i + 1) })).Expect(HttpStatusCode.OK);
        }

        shards.Hide("s02");
        shards.Hide("s03");
        var top = await players[0].UntilAsync(
            $"/v1/leaderboards/{TestShards.Board}/top?scope=all&limit=4", board => board.GetProperty("entries").GetInt64() == 9);
        Assert.Equal(
            players.AsEnumerable().Reverse().Take(4).Select(player => player.Id),
            top.Body.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("member").GetString()));
        Assert.Equal(0, top.Body.GetProperty("coverage").GetProperty("missing").GetArrayLength());
        Assert.InRange(top.Body.GetProperty("coverage").GetProperty("ageSeconds").GetDouble(), 0, 60);

        var rank = (await players[3].GetAsync($"/v1/leaderboards/{TestShards.Board}/rank?scope=all")).Expect(HttpStatusCode.OK).Body;
        Assert.Equal((6, 6, 6), (rank.GetProperty("rank").GetInt64(), rank.GetProperty("best").GetInt64(), rank.GetProperty("worst").GetInt64()));
        (await players[3].GetAsync($"/v1/leaderboards/{TestShards.Board}/rank?scope=all&member={players[1].Id}"))
            .Refused(HttpStatusCode.MisdirectedRequest, "shard_not_served");
    }
}
