using System.Net;
using System.Text.Json;
using Game.Gateway.Tests.Harness;

namespace Game.Gateway.Tests.Social;

public sealed class FriendTests(GatewayFixture fixture)
{
    [Fact]
    public async Task Request_OverShards_IsToldAcceptedAndSeenByBoth()
    {
        var (anna, ben) = (await RegisterAsync("s01"), await RegisterAsync("s02"));
        await using var his = await ben.ConnectAsync();

        (await anna.PostAsync($"/v1/friends/{ben.Id}")).Expect(HttpStatusCode.Accepted);
        var note = await his.PushAsync("notification");
        Assert.Equal(("friend.requested", anna.Id), (note.GetProperty("kind").GetString(), note.GetProperty("subject").GetString()));
        var waiting = (await ben.GetAsync("/v1/friends")).Body.GetProperty("incoming")[0];
        Assert.Equal((anna.Id, anna.Name), (waiting.GetProperty("playerId").GetString(), waiting.GetProperty("name").GetString()));
        (await anna.PostAsync($"/v1/friends/{ben.Id}")).Refused(HttpStatusCode.Conflict, "friend_already_asked");

        (await ben.PostAsync($"/v1/friends/{anna.Id}/accept")).Expect(HttpStatusCode.Accepted);
        var hers = await anna.UntilAsync("/v1/friends", list => list.GetProperty("friends").GetArrayLength() == 1);
        Assert.Equal((ben.Id, ben.Name), (hers.Body.GetProperty("friends")[0].GetProperty("playerId").GetString(), hers.Body.GetProperty("friends")[0].GetProperty("name").GetString()));
        (await ben.PostAsync($"/v1/friends/{anna.Id}")).Refused(HttpStatusCode.Conflict, "already_friends");
        await anna.UntilAsync("/v1/notifications", page => page.ToString().Contains("friend.accepted", StringComparison.Ordinal));

        (await anna.PostAsync($"/v1/friends/{ben.Id}/remove")).Expect(HttpStatusCode.OK);
        await ben.UntilAsync("/v1/friends", list => list.GetProperty("friends").GetArrayLength() == 0);
    }

    [Fact]
    public async Task Declined_BlockedAndUnknown_AllComeBackClosed()
    {
        var (anna, ben, eve) = (await RegisterAsync("s01"), await RegisterAsync("s02"), await RegisterAsync("s03"));
        (await eve.PostAsync($"/v1/friends/{anna.Id}/block")).Expect(HttpStatusCode.OK);
        (await anna.PostAsync($"/v1/friends/{ben.Id}")).Expect(HttpStatusCode.Accepted);
        (await anna.PostAsync($"/v1/friends/{eve.Id}")).Expect(HttpStatusCode.Accepted);
        await ben.UntilAsync("/v1/friends", list => list.GetProperty("incoming").GetArrayLength() == 1);
        (await ben.PostAsync($"/v1/friends/{anna.Id}/decline")).Expect(HttpStatusCode.OK);

        await anna.UntilAsync("/v1/friends", list => list.GetProperty("outgoing").GetArrayLength() == 0);
        Assert.DoesNotContain("friend.requested", (await eve.GetAsync("/v1/notifications")).Body.ToString());
        (await eve.PostAsync($"/v1/friends/{anna.Id}")).Refused(HttpStatusCode.Conflict, "player_is_blocked");
        (await anna.PostAsync("/v1/friends/s02.01ARZ3NDEKTSV4RRFFQ69G5FAV")).Refused(HttpStatusCode.NotFound, "player_not_found");
        (await anna.PostAsync("/v1/friends/s99.01ARZ3NDEKTSV4RRFFQ69G5FAV")).Refused(HttpStatusCode.NotFound, "player_not_found");
        (await anna.PostAsync($"/v1/friends/{anna.Id}")).Refused(HttpStatusCode.Conflict, "target_is_self");
    }

    [Fact]
    public async Task FriendOfAShardThatIsNotServedHere_IsReachedAllTheSame()
    {
        await using var shards = await TestShards.StartAsync(2);
        await using var both = await TestGateway.StartAsync(shards: shards);
        var ben = await both.RegisterAsync("s02");
        var anna = await both.RegisterAsync("s01");
        shards.Hide("s02");
        (await anna.PostAsync($"/v1/friends/{ben.Id}")).Expect(HttpStatusCode.Accepted);
        (await anna.PostAsync("/v1/friends/s02.01ARZ3NDEKTSV4RRFFQ69G5FAV")).Expect(HttpStatusCode.Accepted);
        (await anna.PostAsync($"/v1/chat/whisper:{ben.Id}", new { text = "over there" })).Expect(HttpStatusCode.Created);

        // Who does not exist is found out by the other shard.
        await anna.UntilAsync("/v1/friends", list => list.GetProperty("outgoing").GetArrayLength() == 1);
        shards.Show("s02");
        await ben.UntilAsync("/v1/friends", list => list.GetProperty("incoming").GetArrayLength() == 1);
        await ben.UntilAsync($"/v1/chat/whisper:{anna.Id}", page => page.GetProperty("items").GetArrayLength() == 1);
    }

    [Fact]
    public async Task Presence_OfFriendsIsPushedAndRead_OverShards()
    {
        var (anna, ben, stranger) = (await RegisterAsync("s01"), await RegisterAsync("s02"), await RegisterAsync("s02"));
        await BefriendAsync(anna, ben);
        Assert.Equal([(ben.Id, false)], await PresenceAsync(anna));
        await using var hers = await anna.ConnectAsync();

        // Not before her shard knows that she is there, and so whom she wants to be told of.
        await UntilSeenAsync(ben, anna, online: true);
        await using (await stranger.ConnectAsync())
        {
            await using (await ben.ConnectAsync())
            {
                var online = await hers.PushAsync("friend.online");
                Assert.Equal(ben.Id, online.GetProperty("playerId").GetString());
                await UntilSeenAsync(anna, ben, online: true);
            }

            Assert.Equal(ben.Id, (await hers.PushAsync("friend.offline")).GetProperty("playerId").GetString());
            await UntilSeenAsync(anna, ben, online: false);
        }

        Assert.DoesNotContain(hers.TakeOthers(), frame => frame.ToString().Contains(stranger.Id, StringComparison.Ordinal));
    }

    private static async Task<IEnumerable<(string?, bool)>> PresenceAsync(TestPlayer player) =>
        (await player.GetAsync("/v1/friends/presence")).Expect(HttpStatusCode.OK).Body.GetProperty("items").EnumerateArray()
            .Select((JsonElement item) => (item.GetProperty("playerId").GetString(), item.GetProperty("online").GetBoolean()));

    /// <summary>Shards that have not heard each other for a while, as on a busy machine, take everybody there to be gone for that long.</summary>
    private static Task<Answer> UntilSeenAsync(TestPlayer player, TestPlayer friend, bool online) => player.UntilAsync(
        "/v1/friends/presence",
        page => page.GetProperty("items").EnumerateArray().Single() is var item
            && item.GetProperty("playerId").GetString() == friend.Id
            && item.GetProperty("online").GetBoolean() == online);

    private static async Task BefriendAsync(TestPlayer a, TestPlayer b)
    {
        (await a.PostAsync($"/v1/friends/{b.Id}")).Expect(HttpStatusCode.Accepted);
        await b.UntilAsync("/v1/friends", list => list.GetProperty("incoming").GetArrayLength() == 1);
        (await b.PostAsync($"/v1/friends/{a.Id}/accept")).Expect(HttpStatusCode.Accepted);
        await a.UntilAsync("/v1/friends", list => list.GetProperty("friends").GetArrayLength() == 1);
    }

    private Task<TestPlayer> RegisterAsync(string shard) => fixture.Gateway.RegisterAsync(shard);
}
