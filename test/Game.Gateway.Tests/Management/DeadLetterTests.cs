using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Game.Broadcast;
using Game.Gateway.Tests.Harness;
using Game.Grains.Broadcast;

namespace Game.Gateway.Tests.Management;

/// <summary>Operators look at dead letters, put them back or throw them away, and that is written down.</summary>
public sealed class DeadLetterTests(GatewayFixture fixture)
{
    private static readonly string Queue = ShardQueues.NameOf(Exchanges.Guild, "s01");

    [Fact]
    public async Task Discard_ThrowsTheLetterAway_AndIsWrittenDownBeforeAndAfter()
    {
        var gateway = fixture.Gateway;
        var id = await PoisonAsync(gateway, "s01/900001/0");

        using (var shown = await gateway.Management.GetAsync($"/ops/dead-letters/{id}?queue={Queue}", TestContext.Current.CancellationToken))
        {
            var letter = await shown.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
            Assert.Equal(id, letter.GetProperty("letter").GetProperty("id").GetInt64());
            Assert.Contains("knows no event", letter.GetProperty("letter").GetProperty("reason").GetString());
        }

        Assert.Equal(HttpStatusCode.NoContent, await ActAsync(gateway, "discard", id));
        Assert.Equal(HttpStatusCode.NotFound, await ActAsync(gateway, "discard", id));
        using (var gone = await gateway.Management.GetAsync($"/ops/dead-letters/{id}?queue={Queue}", TestContext.Current.CancellationToken))
        {
            (await Answer.ReadAsync(gone)).Refused(HttpStatusCode.NotFound, "dead_letter_not_found");
        }

        // Other tests have things written down at the same time.
        var audit = (await gateway.Management.GetFromJsonAsync<JsonElement>("/ops/audit?count=1000", TestContext.Current.CancellationToken))
            .EnumerateArray().Where(entry => entry.GetProperty("target").GetString() == $"{Queue}#{id}").ToList();
        Assert.Equal(["not found", "asked", "done", "asked"], audit.Select(entry => entry.GetProperty("outcome").GetString()));
        Assert.All(audit, entry => Assert.Equal(
            ("local", "dead-letter.discard"), (entry.GetProperty("who").GetString(), entry.GetProperty("action").GetString())));
    }

    [Fact]
    public async Task Replay_PutsTheLetterBack_WhereItFailsAgain()
    {
        var gateway = fixture.Gateway;
        var id = await PoisonAsync(gateway, "s01/900002/0");

        Assert.Equal(HttpStatusCode.NoContent, await ActAsync(gateway, "replay", id));

        var again = await FindAsync(gateway, "s01/900002/0", other: id);
        Assert.NotEqual(id, again);
        Assert.Equal(HttpStatusCode.NoContent, await ActAsync(gateway, "discard", again));
    }

    [Fact]
    public async Task Status_TellsHowTheBusFares()
    {
        var gateway = fixture.Gateway;
        var status = await gateway.Management.GetFromJsonAsync<JsonElement>("/ops/status", TestContext.Current.CancellationToken);
        Assert.True(status.GetProperty("bus").GetProperty("connected").GetBoolean());
        Assert.False(status.GetProperty("bus").GetProperty("blocked").GetBoolean());
    }

    [Theory]
    [InlineData("/ops/dead-letters?queue=q&after=", "after")]
    [InlineData("/ops/dead-letters?queue=q&after=-1", "after")]
    [InlineData("/ops/audit?count=", "count")]
    [InlineData("/ops/audit?count=x", "count")]
    [InlineData("/ops/audit?count=1001", "count")]
    public async Task Question_ThatCannotBeAnswered_IsRefusedByItsParameter(string path, string field)
    {
        using var answer = await fixture.Gateway.Management.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(field, (await Answer.ReadAsync(answer)).Refused(HttpStatusCode.BadRequest, "invalid_field").Text("field"));
    }

    private static async Task<long> PoisonAsync(TestGateway gateway, string message)
    {
        var position = long.Parse(message.Split('/')[1], System.Globalization.CultureInfo.InvariantCulture);
        await gateway.Shards.Bus.PublishAsync(
            new BroadcastMessage(message, Exchanges.Guild, "guild.member.s01.x", "s01", position, "front/x", "no.such-event", 1, "{}"u8.ToArray()),
            TestContext.Current.CancellationToken);
        return await FindAsync(gateway, message, other: 0);
    }

    private static async Task<long> FindAsync(TestGateway gateway, string message, long other)
    {
        for (var started = DateTime.UtcNow; DateTime.UtcNow < started + TestGateway.Patience; await Task.Delay(20, TestContext.Current.CancellationToken))
        {
            var letters = await gateway.Management.GetFromJsonAsync<JsonElement>($"/ops/dead-letters?queue={Queue}", TestContext.Current.CancellationToken);
            foreach (var letter in letters.EnumerateArray())
            {
                if (letter.GetProperty("messageId").GetString() == message && letter.GetProperty("id").GetInt64() is var id && id != other)
                {
                    return id;
                }
            }
        }

        throw new TimeoutException($"{message} is no dead letter.");
    }

    private static async Task<HttpStatusCode> ActAsync(TestGateway gateway, string action, long id)
    {
        using var answer = await gateway.Management.PostAsJsonAsync(
            $"/ops/dead-letters/{action}", new { queue = Queue, id }, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
