using System.Net;
using System.Text.Json;
using Game.Gateway.Tests.Harness;

namespace Game.Gateway.Tests.Analytics;

/// <summary>What clients report, and what operators see of it.</summary>
public sealed class AnalyticsTests(GatewayFixture fixture)
{
    private readonly TestGateway _gateway = fixture.Gateway;

    [Fact]
    public async Task ReportedActions_AreCountedOnce_AndSeenByOperators()
    {
        var (first, second) = (await _gateway.RegisterAsync("s01"), await _gateway.RegisterAsync("s02"));
        var skill = "skill-" + Guid.NewGuid().ToString("N")[..8];
        var at = DateTimeOffset.UtcNow;
        object Uses(params long[] damages) => new { actions = damages.Select(amount => new { kind = "skillUsed", at, skill, amount }) };

        (await first.PostAsync("/v1/players/me/actions", Uses(100, 200, 300), "report")).Expect(HttpStatusCode.Accepted);
        (await second.PostAsync("/v1/players/me/actions", Uses(400), "report")).Expect(HttpStatusCode.Accepted);
        var again = (await first.PostAsync("/v1/players/me/actions", Uses(100, 200, 300), "report")).Expect(HttpStatusCode.Accepted);
        Assert.Equal(3, again.Body.GetProperty("accepted").GetInt32());
        (await first.PostAsync("/v1/players/me/actions", new
        {
            actions = new[] { new { kind = "duelEnded", at, skill, outcome = "won" }, new { kind = "duelEnded", at, skill, outcome = "lost" } },
        })).Expect(HttpStatusCode.Accepted);
        await _gateway.Shards.SettleAsync();

        var row = (await RowsAsync("balance?by=skill&limit=100")).Single(row => row.GetProperty("name").GetString() == skill);
        Assert.Equal((4, 2), (row.GetProperty("uses").GetInt64(), row.GetProperty("users").GetInt64()));
        Assert.Equal((1, 1), (row.GetProperty("won").GetInt64(), row.GetProperty("lost").GetInt64()));
        Assert.Equal(0.5, row.GetProperty("winRate").GetDouble());
        Assert.Equal((250, 400), (row.GetProperty("mean").GetDouble(), row.GetProperty("max").GetDouble()));
        Assert.InRange(row.GetProperty("p50").GetDouble(), 198, 202);

        // Along the time, in tumbling and in hopping windows; of one shard and of all.
        (string Question, double Sum)[] questions =
            [("resolution=minute", 4), ("resolution=hour&window=1", 4), ("resolution=day", 4), ("resolution=minute&shard=s02", 1)];
        foreach (var (question, sum) in questions)
        {
            var series = await GetAsync($"series?processor=balance&metric=skill_uses&dimension={skill}&{question}");
            Assert.Equal(sum, series.Body.GetProperty("points").EnumerateArray().Sum(Value));
        }

        var hopping = await GetAsync($"series?processor=balance&metric=skill_uses&dimension={skill}&window=5");
        Assert.Equal(5 * 4, hopping.Body.GetProperty("points").EnumerateArray().Sum(Value));
        Assert.Equal(60, hopping.Body.GetProperty("points").GetArrayLength());

        var status = await GetAsync("status?shard=s01");
        Assert.Equal(16, status.Body.GetProperty("buckets").GetArrayLength());
        Assert.NotEqual(JsonValueKind.Null, status.Body.GetProperty("watermark").ValueKind);
        Assert.True((await GetAsync("metrics")).Body.GetProperty("processors").GetArrayLength() >= 4);
        Assert.NotEmpty(await RowsAsync("funnels"));
        Assert.NotEmpty(await RowsAsync("retention"));
        Assert.Empty(await RowsAsync("anomalies?reason=nothing"));
        using var page = await _gateway.Management.GetAsync("/analytics", TestContext.Current.CancellationToken);
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Tables_ComeInPages()
    {
        var player = await _gateway.RegisterAsync();
        (await player.PostAsync("/v1/players/me/actions", new
        {
            actions = Enumerable.Range(0, 5).Select(i => new { kind = "itemUsed", at = DateTimeOffset.UtcNow, item = $"page-{i}" }),
        })).Expect(HttpStatusCode.Accepted);
        await _gateway.Shards.SettleAsync();

        var all = (await RowsAsync("balance?by=item&limit=100")).Select(row => row.GetProperty("name").GetString()).ToList();
        var paged = new List<string?>();
        for (string? cursor = null; ;)
        {
            var page = (await GetAsync($"balance?by=item&limit=2{(cursor is null ? "" : $"&cursor={cursor}")}")).Body;
            paged.AddRange(page.GetProperty("items").EnumerateArray().Select(row => row.GetProperty("name").GetString()));
            cursor = page.GetProperty("nextCursor").GetString();
            if (cursor is null)
            {
                break;
            }
        }

        Assert.True(all.Count >= 5);
        Assert.Equal(all, paged);
    }

    [Theory]
    [InlineData("""{"actions":[]}""", "actions")]
    [InlineData("""{"actions":[{"kind":"loggedIn","at":"NOW"}]}""", "actions[0].kind")]
    [InlineData("""{"actions":[{"kind":"purchased","at":"NOW","amount":1,"product":"p"}]}""", "actions[0].kind")]
    [InlineData("""{"actions":[{"kind":"fly","at":"NOW"}]}""", "actions[0].kind")]
    [InlineData("""{"actions":[{"kind":"skillUsed","at":"NOW","skill":"a"},{"kind":"skillUsed","at":"NOW"}]}""", "actions[1].skill")]
    [InlineData("""{"actions":[{"kind":"skillUsed","at":"2020-01-01T00:00:00Z","skill":"a"}]}""", "actions[0].at")]
    [InlineData("""{"actions":[{"kind":"skillUsed","at":"2999-01-01T00:00:00Z","skill":"a"}]}""", "actions[0].at")]
    [InlineData("""{"actions":[{"kind":"skillUsed","at":"NOW","skill":"a b"}]}""", "actions[0].skill")]
    [InlineData("""{"actions":[{"kind":"looted","at":"NOW","amount":-1}]}""", "actions[0].amount")]
    [InlineData("""{"actions":[{"kind":"moved","at":"NOW","x":1}]}""", "actions[0].y")]
    [InlineData("""{"actions":[{"kind":"moved","at":"NOW","x":1,"y":10000001}]}""", "actions[0].y")]
    public async Task Action_ThatCannotBe_IsRefusedByItsField(string body, string field)
    {
        var player = await _gateway.RegisterAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/players/me/actions")
        {
            Content = new StringContent(
                body.Replace("NOW", DateTimeOffset.UtcNow.ToString("O"), StringComparison.Ordinal), System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Idempotency-Key", TestPlayer.NewKey());

        var answer = (await player.SendAsync(request)).Refused(HttpStatusCode.BadRequest, "invalid_field");
        Assert.Equal(field, answer.Text("field"));
    }

    [Fact]
    public async Task TooManyActions_AreRefused()
    {
        var player = await _gateway.RegisterAsync();
        var actions = Enumerable.Range(0, 101).Select(i => new { kind = "itemUsed", at = DateTimeOffset.UtcNow, item = "i" });
        var answer = await player.PostAsync("/v1/players/me/actions", new { actions });
        answer.Refused(HttpStatusCode.BadRequest, "invalid_field");
        Assert.Equal("actions", answer.Text("field"));
    }

    [Theory]
    [InlineData("series", "processor")]
    [InlineData("series?processor=behaviour", "metric")]
    [InlineData("series?processor=behaviour&metric=nothing", "metric")]
    [InlineData("series?processor=behaviour&metric=actions&resolution=week", "resolution")]
    [InlineData("series?processor=behaviour&metric=actions&statistic=1", "statistic")]
    [InlineData("series?processor=behaviour&metric=actions&window=0", "window")]
    [InlineData("series?processor=behaviour&metric=actions&window=169", "window")]
    [InlineData("series?processor=behaviour&metric=actions&from=yesterday", "from")]
    [InlineData("series?processor=behaviour&metric=actions&from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z", "from")]
    [InlineData("series?processor=behaviour&metric=actions&from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z", "from")]
    [InlineData("series?processor=behaviour&metric=actions&to=0001-01-01T00:00:00Z", "to")]
    [InlineData("series?processor=behaviour&metric=actions&shard=s99", "shard")]
    [InlineData("series?processor=behaviour&metric=actions&generation=0", "generation")]
    [InlineData("series?processor=behaviour&metric=actions&generation=x", "generation")]
    [InlineData("balance?by=colour", "by")]
    [InlineData("revenue?limit=101", "limit")]
    public async Task Question_ThatCannotBeAnswered_IsRefusedByItsParameter(string question, string field)
    {
        var answer = (await GetAsync(question, HttpStatusCode.BadRequest)).Refused(HttpStatusCode.BadRequest, "invalid_field");
        Assert.Equal(field, answer.Text("field"));
    }

    [Fact]
    public async Task Question_WithAnUnknownParameter_OrAForeignCursor_IsRefused()
    {
        (await GetAsync("revenue?sort=up", HttpStatusCode.BadRequest)).Refused(HttpStatusCode.BadRequest, "unknown_parameter");
        (await GetAsync("revenue?cursor=bm90aGluZw", HttpStatusCode.BadRequest)).Refused(HttpStatusCode.BadRequest, "invalid_cursor");
    }

    private static double Value(JsonElement point) =>
        point.GetProperty("value") is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : 0;

    private async Task<IReadOnlyList<JsonElement>> RowsAsync(string question) =>
        [.. (await GetAsync(question)).Body.GetProperty("items").EnumerateArray()];

    private async Task<Answer> GetAsync(string question, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var response = await _gateway.Management.GetAsync($"/v1/analytics/{question}", TestContext.Current.CancellationToken);
        return (await Answer.ReadAsync(response)).Expect(status);
    }
}
