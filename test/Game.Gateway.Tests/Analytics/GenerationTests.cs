using System.Net;
using System.Text;
using System.Text.Json;
using Game.Gateway.Tests.Harness;

namespace Game.Gateway.Tests.Analytics;

/// <summary>What operators do about generations of the analytics, and what is refused; without Kafka nothing can be computed again.</summary>
public sealed class GenerationTests(GatewayFixture fixture)
{
    private readonly TestGateway _gateway = fixture.Gateway;

    [Fact]
    public async Task Generations_AreListed_ByShard()
    {
        using var response = await _gateway.Management.GetAsync("/ops/analytics/generations", TestContext.Current.CancellationToken);
        var shards = (await Answer.ReadAsync(response)).Expect(HttpStatusCode.OK).Body.GetProperty("shards").EnumerateArray().ToList();
        Assert.Equal(_gateway.Shards.All, shards.Select(shard => shard.GetProperty("shard").GetString()));
        Assert.All(shards, shard =>
        {
            Assert.Equal(1, shard.GetProperty("shown").GetInt32());
            Assert.Equal(JsonValueKind.Null, shard.GetProperty("recompute").ValueKind);
            var first = Assert.Single(shard.GetProperty("generations").EnumerateArray());
            Assert.Equal("1 live", $"{first.GetProperty("number")} {first.GetProperty("phase")}");
        });
    }

    [Theory]
    [InlineData("recompute", """{"from":"yesterday"}""", "from")]
    [InlineData("recompute", """{"from":"2026-03-01T12:00:00Z"}""", "from")]
    [InlineData("recompute", """{"from":"2026-03-01T00:00:00+02:00"}""", "from")]
    [InlineData("recompute", """{"from":"2999-03-01"}""", "from")]
    [InlineData("switch", """{"generation":0}""", "generation")]
    [InlineData("retire", """{"generation":-1}""", "generation")]
    public async Task Step_ThatCannotBe_IsRefusedByItsField(string step, string body, string field)
    {
        var answer = (await PostAsync(step, body)).Refused(HttpStatusCode.BadRequest, "invalid_field");
        Assert.Equal(field, answer.Text("field"));
    }

    [Theory]
    [InlineData("recompute", """{"from":"2026-03-01"}""", HttpStatusCode.Conflict, "recompute_unavailable")]
    [InlineData("recompute", "{}", HttpStatusCode.BadRequest, "missing_field")]
    [InlineData("switch", """{"generation":7}""", HttpStatusCode.NotFound, "generation_unknown")]
    [InlineData("retire", """{"generation":7}""", HttpStatusCode.NotFound, "generation_unknown")]
    [InlineData("retire", """{"generation":1}""", HttpStatusCode.Conflict, "generation_shown")]
    public async Task Step_ThatTheStateDoesNotAllow_IsRefused(string step, string body, HttpStatusCode status, string code) =>
        (await PostAsync(step, body)).Refused(status, code);

    [Fact]
    public async Task Steps_AreWrittenDown_BeforeAndAfter()
    {
        (await PostAsync("switch", """{"generation":1}""")).Expect(HttpStatusCode.OK);
        (await PostAsync("switch", """{"generation":8}""")).Refused(HttpStatusCode.NotFound, "generation_unknown");
        var audit = await _gateway.Shards.ListAuditAsync(1000, TestContext.Current.CancellationToken);
        string[] outcomes = ["1 asked", "1 done", "8 asked", "8 generation_unknown"];
        Assert.All(outcomes, outcome => Assert.Contains(
            audit, entry => entry.Action == "analytics.switch" && $"{entry.Target} {entry.Outcome}" == outcome));
    }

    private async Task<Answer> PostAsync(string step, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _gateway.Management.PostAsync($"/ops/analytics/{step}", content, TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }
}
