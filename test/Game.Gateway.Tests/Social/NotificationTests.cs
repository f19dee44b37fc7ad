using System.Net;
using System.Net.Http.Json;
using Game.Gateway.Tests.Harness;

namespace Game.Gateway.Tests.Social;

public sealed class NotificationTests(GatewayFixture fixture)
{
    [Fact]
    public async Task Operator_ReachesAPlayerOnAnyShard_OnceForAKey()
    {
        var player = await fixture.Gateway.RegisterAsync("s03");
        await using var session = await player.ConnectAsync();
        var key = TestPlayer.NewKey();
        for (var i = 0; i < 2; i++)
        {
            (await SendAsync(key, new { scope = "player", target = player.Id, kind = "gift", subject = "sword", text = "For you.", priority = 7, ttlSeconds = 600 }))
                .Expect(HttpStatusCode.Accepted);
        }

        var pushed = await session.PushAsync("notification");
        Assert.Equal(("gift", "sword", "For you.", 7), (
            pushed.GetProperty("kind").GetString(), pushed.GetProperty("subject").GetString(), pushed.GetProperty("text").GetString(), pushed.GetProperty("priority").GetInt32()));
        await fixture.Gateway.Shards.SettleAsync();
        Assert.Equal(1, (await player.GetAsync("/v1/notifications")).Body.GetProperty("items").GetArrayLength());
        (await SendAsync(key, new { scope = "player", target = await OtherAsync(), kind = "gift", subject = "sword", ttlSeconds = 600 }))
            .Refused(HttpStatusCode.Conflict, "command_id_reused");
    }

    [Fact]
    public async Task Operator_ReachesAGuildOverShards_AndEverybodyOfAShardWhenTheyLook()
    {
        await using var gateway = await TestGateway.StartAsync();
        var (leader, member, stranger) = (await gateway.RegisterAsync("s01"), await gateway.RegisterAsync("s02"), await gateway.RegisterAsync("s02"));
        var guild = await leader.FoundAsync();
        await member.JoinAsync(guild);
        await using var session = await stranger.ConnectAsync();

        (await SendAsync(gateway, TestPlayer.NewKey(), new { scope = "guild", target = guild, kind = "note", subject = "guild", ttlSeconds = 600 })).Expect(HttpStatusCode.Accepted);
        (await SendAsync(gateway, TestPlayer.NewKey(), new { scope = "shard", target = "s02", kind = "note", subject = "shard", ttlSeconds = 600, priority = 9 })).Expect(HttpStatusCode.Accepted);
        (await SendAsync(gateway, TestPlayer.NewKey(), new { scope = "all", kind = "note", subject = "all", ttlSeconds = 600 })).Expect(HttpStatusCode.Accepted);
        await session.PushAsync("notification", note => note.GetProperty("subject").GetString() == "shard");
        await session.PushAsync("notification", note => note.GetProperty("subject").GetString() == "all");
        await gateway.Shards.SettleAsync();

        Assert.Equal(["all", "guild"], (await SubjectsAsync(leader)).Order());
        Assert.Equal(["all", "guild", "shard"], (await SubjectsAsync(member)).Order());
        Assert.Equal(["shard", "all"], await SubjectsAsync(stranger, "?order=priority"));
        (await SendAsync(gateway, TestPlayer.NewKey(), new { scope = "shard", target = "s77", kind = "note", subject = "x", ttlSeconds = 600 })).Refused(HttpStatusCode.Conflict, "unknown_shard");
    }

    [Fact]
    public async Task WhoComesBack_GetsWhatIsUnread_HighestPriorityFirst()
    {
        var player = await fixture.Gateway.RegisterAsync("s02");
        foreach (var priority in new[] { 1, 9, 4, 8, 1 })
        {
            (await SendAsync(TestPlayer.NewKey(), new { scope = "player", target = player.Id, kind = "note", subject = $"p{priority}", priority, ttlSeconds = 600 })).Expect(HttpStatusCode.Accepted);
        }

        await player.UntilAsync("/v1/notifications", page => page.GetProperty("items").GetArrayLength() == 5);
        await using (var session = await player.ConnectAsync())
        {
            var backlog = await session.PushAsync("notifications");
            Assert.Equal(["p9", "p8", "p4", "p1", "p1"], backlog.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("subject").GetString()));
        }

        Assert.Equal(["p9", "p8", "p4", "p1", "p1"], await SubjectsAsync(player, "?order=priority&limit=2"));
        (await player.PostAsync("/v1/notifications/read", new { upTo = 1_000 })).Expect(HttpStatusCode.OK);
        Assert.Empty(await SubjectsAsync(player, "?order=priority"));
        await using var again = await player.ConnectAsync();
        await again.AskForAsync("pong", "ping");
        Assert.DoesNotContain(again.TakeOthers(), frame => frame.GetProperty("type").GetString() == "notifications");
    }

    [Fact]
    public async Task War_IsToldToTheLeadersOfBothGuilds()
    {
        var (attacker, defender) = (await fixture.Gateway.RegisterAsync("s01"), await fixture.Gateway.RegisterAsync("s02"));
        var (attacking, defending) = (await attacker.FoundAsync(), await defender.FoundAsync());
        (await attacker.PostAsync($"/v1/guilds/{attacking}/deposit", new { amount = 10 })).Expect(HttpStatusCode.Accepted);
        var declared = await attacker.PostAsync("/v1/wars", new { defender = defending, wager = 10, durationSeconds = 5 });
        var war = declared.Text("id");
        await defender.UntilAsync("/v1/notifications", page => Tells(page, "war.declared", war));
        (await defender.PostAsync($"/v1/wars/{war}/accept")).Expect(HttpStatusCode.Accepted);
        await attacker.UntilAsync("/v1/notifications", page => Tells(page, "war.settled", war));
        await defender.UntilAsync("/v1/notifications", page => Tells(page, "war.settled", war));

        static bool Tells(System.Text.Json.JsonElement page, string kind, string subject) => page.GetProperty("items").EnumerateArray()
            .Any(item => item.GetProperty("kind").GetString() == kind && item.GetProperty("subject").GetString() == subject);
    }

    [Theory]
    [InlineData("kind", """{"scope":"all","kind":"Not A Kind","subject":"s","ttlSeconds":5}""")]
    [InlineData("subject", """{"scope":"all","kind":"k","subject":"","ttlSeconds":5}""")]
    [InlineData("ttlSeconds", """{"scope":"all","kind":"k","subject":"s","ttlSeconds":0}""")]
    [InlineData("ttlSeconds", """{"scope":"all","kind":"k","subject":"s","ttlSeconds":2592001}""")]
    [InlineData("priority", """{"scope":"all","kind":"k","subject":"s","ttlSeconds":5,"priority":10}""")]
    [InlineData("text", """{"scope":"all","kind":"k","subject":"s","ttlSeconds":5,"text":""}""")]
    [InlineData("target", """{"scope":"all","kind":"k","subject":"s","ttlSeconds":5,"target":"s01"}""")]
    [InlineData("target", """{"scope":"player","kind":"k","subject":"s","ttlSeconds":5}""")]
    [InlineData("scope", """{"scope":"galaxy","kind":"k","subject":"s","ttlSeconds":5}""")]
    public async Task Operator_IsToldWhichFieldIsWrong(string field, string body)
    {
        var before = await fixture.Gateway.Shards.HeadsAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/ops/notifications") { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        request.Headers.Add("Idempotency-Key", TestPlayer.NewKey());
        var answer = (await Answer.ReadAsync(await fixture.Gateway.Management.SendAsync(request, TestContext.Current.CancellationToken))).Expect(HttpStatusCode.BadRequest);
        Assert.Equal(field, answer.Text("field"));
        Assert.Equal(before.Count, (await fixture.Gateway.Shards.HeadsAsync()).Count);
    }

    [Fact]
    public async Task Operator_NeedsAKey_AndHasALimit()
    {
        await using var gateway = await TestGateway.StartAsync(
            settings => (settings.Limits.OperatorNotificationsPerMinute, settings.Limits.OperatorNotificationsBurst) = (1, 2),
            shards: fixture.Gateway.Shards);
        var note = new { scope = "player", target = await OtherAsync(), kind = "note", subject = "x", ttlSeconds = 60 };
        (await SendAsync(gateway, null, note)).Refused(HttpStatusCode.BadRequest, "idempotency_key_invalid");
        (await SendAsync(gateway, TestPlayer.NewKey(), note)).Expect(HttpStatusCode.Accepted);
        (await SendAsync(gateway, TestPlayer.NewKey(), note)).Expect(HttpStatusCode.Accepted);
        (await SendAsync(gateway, TestPlayer.NewKey(), note)).Refused(HttpStatusCode.TooManyRequests, "too_fast");
    }

    [Fact]
    public async Task Operator_NeedsTheLogin()
    {
        await using var gateway = await TestGateway.StartAsync(
            settings => settings.Operator.Password = "correct horse battery", shards: fixture.Gateway.Shards);
        (await SendAsync(gateway, TestPlayer.NewKey(), new { scope = "all", kind = "note", subject = "x", ttlSeconds = 60 }))
            .Refused(HttpStatusCode.Unauthorized, "operator_login_missing");
    }

    private async Task<string> OtherAsync() => (await fixture.Gateway.RegisterAsync()).Id;

    private Task<Answer> SendAsync(string key, object body) => SendAsync(fixture.Gateway, key, body);

    private static async Task<Answer> SendAsync(TestGateway gateway, string? key, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/ops/notifications") { Content = JsonContent.Create(body) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await Answer.ReadAsync(await gateway.Management.SendAsync(request, TestContext.Current.CancellationToken));
    }

    /// <summary>All pages.</summary>
    private static async Task<List<string>> SubjectsAsync(TestPlayer player, string query = "?")
    {
        var subjects = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await player.GetAsync($"/v1/notifications{query}{(cursor is null ? "" : $"&cursor={cursor}")}")).Expect(HttpStatusCode.OK).Body;
            subjects.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("subject").GetString()!));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);
        return subjects;
    }
}
