using System.Net;
using Game.Gateway.Tests.Harness;

namespace Game.Gateway.Tests.Social;

public sealed class ChatTests(GatewayFixture fixture)
{
    [Fact]
    public async Task Whisper_ReachesThePlayerOfAnotherShard_AndNobodyElse()
    {
        var (anna, ben, eve) = (await RegisterAsync("s01"), await RegisterAsync("s02"), await RegisterAsync("s02"));
        await using var hers = await anna.ConnectAsync();
        await using var his = await ben.ConnectAsync();
        await using var other = await eve.ConnectAsync();

        await hers.AskForAsync("said", "chat", new { channel = $"whisper:{ben.Id}", text = "between us" });

        var heard = await his.PushAsync("chat.message");
        Assert.Equal($"whisper:{anna.Id}", heard.GetProperty("channel").GetString());
        Assert.Equal((anna.Id, anna.Name, "between us"), (heard.GetProperty("author").GetString(), heard.GetProperty("authorName").GetString(), heard.GetProperty("text").GetString()));
        Assert.Equal($"whisper:{ben.Id}", (await hers.PushAsync("chat.message")).GetProperty("channel").GetString());

        (await ben.PostAsync($"/v1/chat/whisper:{anna.Id}", new { text = "heard" })).Expect(HttpStatusCode.Created);
        var history = await anna.UntilAsync($"/v1/chat/whisper:{ben.Id}", page => page.GetProperty("items").GetArrayLength() == 2);
        Assert.Equal(["heard", "between us"], history.Body.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("text").GetString()));
        Assert.Empty((await eve.GetAsync($"/v1/chat/whisper:{anna.Id}")).Expect(HttpStatusCode.OK).Body.GetProperty("items").EnumerateArray());
        await fixture.Gateway.Shards.SettleAsync();
        Assert.DoesNotContain(other.TakeOthers(), frame => frame.GetProperty("type").GetString() == "chat.message");
    }

    [Fact]
    public async Task Blocked_IsNotHeard_NeitherInWhispersNorOnTheWorldsChannel_UntilTheBlockIsTakenBack()
    {
        var (pest, victim, friend) = (await RegisterAsync("s01"), await RegisterAsync("s02"), await RegisterAsync("s01"));
        await using var session = await victim.ConnectAsync();
        await session.AskForAsync("subscribed", "subscribe", new { topics = new[] { "chat:world" } });
        (await victim.PostAsync($"/v1/friends/{pest.Id}/block")).Expect(HttpStatusCode.OK);
        await session.PushAsync("friend.event");

        var mark = TestPlayer.NewKey();
        (await pest.PostAsync($"/v1/chat/whisper:{victim.Id}", new { text = mark })).Expect(HttpStatusCode.Created);
        (await pest.PostAsync("/v1/chat/world", new { text = mark })).Expect(HttpStatusCode.Created);
        (await friend.PostAsync("/v1/chat/world", new { text = "after " + mark })).Expect(HttpStatusCode.Created);
        await session.PushAsync("chat.message", message => message.GetProperty("text").GetString() == "after " + mark);
        await fixture.Gateway.Shards.SettleAsync();

        Assert.DoesNotContain(session.TakeOthers(), frame => frame.ToString().Contains(mark, StringComparison.Ordinal));
        Assert.DoesNotContain(mark, (await victim.GetAsync($"/v1/chat/whisper:{pest.Id}")).Body.ToString());
        var world = (await victim.GetAsync("/v1/chat/world?limit=100")).Body.GetProperty("items").EnumerateArray();
        Assert.DoesNotContain(world, message => message.GetProperty("author").GetString() == pest.Id);
        Assert.DoesNotContain("chat.whisper", (await victim.GetAsync("/v1/notifications")).Body.ToString());
        (await victim.PostAsync($"/v1/chat/whisper:{pest.Id}", new { text = "no" })).Refused(HttpStatusCode.Conflict, "player_is_blocked");

        (await victim.PostAsync($"/v1/friends/{pest.Id}/unblock")).Expect(HttpStatusCode.OK);
        await session.PushAsync("friend.event");
        (await pest.PostAsync("/v1/chat/world", new { text = "again " + mark })).Expect(HttpStatusCode.Created);
        await session.PushAsync("chat.message", message => message.GetProperty("text").GetString() == "again " + mark);
    }

    [Fact]
    public async Task Whisper_WhileThePlayerIsAway_LeavesOneNotification()
    {
        var (anna, ben) = (await RegisterAsync("s03"), await RegisterAsync("s01"));
        foreach (var text in new[] { "hello", "are you there" })
        {
            (await anna.PostAsync($"/v1/chat/whisper:{ben.Id}", new { text })).Expect(HttpStatusCode.Created);
        }

        await ben.UntilAsync($"/v1/chat/whisper:{anna.Id}", page => page.GetProperty("items").GetArrayLength() == 2);
        await fixture.Gateway.Shards.SettleAsync();
        var notes = (await ben.GetAsync("/v1/notifications")).Body.GetProperty("items").EnumerateArray().ToList();

        // Two if an hour ended in between.
        Assert.InRange(notes.Count, 1, 2);
        Assert.Equal(("chat.whisper", anna.Id), (notes[0].GetProperty("kind").GetString(), notes[0].GetProperty("subject").GetString()));
    }

    [Fact]
    public async Task Channel_AndPlayer_HaveTheirOwnLimits()
    {
        await using var gateway = await TestGateway.StartAsync(settings =>
        {
            (settings.Limits.ChatPerMinute, settings.Limits.ChatBurst) = (1, 2);
            (settings.Limits.ChannelPerSecond, settings.Limits.ChannelBurst) = (1, 4);
        }, shards: fixture.Gateway.Shards);
        var (a, b, c) = (await gateway.RegisterAsync(), await gateway.RegisterAsync(), await gateway.RegisterAsync());
        for (var i = 0; i < 2; i++)
        {
            (await a.PostAsync("/v1/chat/shard", new { text = "x" })).Expect(HttpStatusCode.Created);
            (await a.PostAsync($"/v1/chat/whisper:{b.Id}", new { text = "x" })).Expect(HttpStatusCode.Created);
        }

        (await a.PostAsync("/v1/chat/shard", new { text = "x" })).Refused(HttpStatusCode.TooManyRequests, "too_fast");
        (await a.PostAsync($"/v1/chat/whisper:{c.Id}", new { text = "x" })).Refused(HttpStatusCode.TooManyRequests, "too_fast");
        var said = 2 + await SayUntilRefusedAsync(gateway);
        Assert.True(said >= 4, $"The channel's burst is 4, but message {said + 1} was refused.");
        (await b.PostAsync("/v1/chat/world", new { text = "x" })).Expect(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Text_IsMaskedOnTheAuthorsShard_AndShownSoEverywhere()
    {
        var (anna, ben) = (await RegisterAsync("s01"), await RegisterAsync("s02"));
        (await anna.PostAsync($"/v1/chat/whisper:{ben.Id}", new { text = $"What a {TestShards.MaskedWord}!" })).Expect(HttpStatusCode.Created);
        var shown = $"What a {new string('*', TestShards.MaskedWord.Length)}!";
        var page = await ben.UntilAsync($"/v1/chat/whisper:{anna.Id}", items => items.GetProperty("items").GetArrayLength() == 1);
        Assert.Equal(shown, page.Body.GetProperty("items")[0].GetProperty("text").GetString());
    }

    /// <summary>Fresh players say on their shard's channel what their own limit lets them, until the channel's refuses one.</summary>
    /// <returns>How much was said: more than the burst on a slow machine, as the channel may take another message every second.</returns>
    private static async Task<int> SayUntilRefusedAsync(TestGateway gateway)
    {
        for (var said = 0; said < 100;)
        {
            var speaker = await gateway.RegisterAsync();
            for (var own = 0; own < 2; own++, said++)
            {
                var answer = await speaker.PostAsync("/v1/chat/shard", new { text = "x" });
                if (answer.Status == HttpStatusCode.TooManyRequests)
                {
                    answer.Refused(HttpStatusCode.TooManyRequests, "too_fast");
                    return said;
                }

                answer.Expect(HttpStatusCode.Created);
            }
        }

        throw new InvalidOperationException("A hundred messages in a row were not too many for the channel.");
    }

    private Task<TestPlayer> RegisterAsync(string shard) => fixture.Gateway.RegisterAsync(shard);
}
