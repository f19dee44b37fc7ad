using System.Net;
using Game.Gateway.Tests.Harness;

namespace Game.Gateway.Tests.Http;

/// <summary>A write asked for again, as clients do that have lost an answer.</summary>
public sealed class IdempotencyTests(GatewayFixture fixture)
{
    [Fact]
    public async Task SameKeyAgain_GivesTheFirstAnswer_AndChangesNothing()
    {
        var player = await fixture.Gateway.RegisterAsync();
        var key = TestPlayer.NewKey();
        var body = new { name = "G " + TestPlayer.NewKey()[..12], tag = "TAG", policy = "open" };
        var first = (await player.PostAsync("/v1/guilds", body, key)).Expect(HttpStatusCode.Accepted);
        await player.UntilMemberAsync();

        // By now the rules would refuse it: the player is in a guild.
        var again = (await player.PostAsync("/v1/guilds", body, key)).Expect(HttpStatusCode.Accepted);

        Assert.Equal(first.Body.GetRawText(), again.Body.GetRawText());
        Assert.Equal(900, (await player.GetAsync("/v1/players/me")).Body.GetProperty("gold").GetInt64());
    }

    [Fact]
    public async Task SameKeyAtTheSameTime_CountsOnce()
    {
        var player = await fixture.Gateway.RegisterAsync();
        var guild = await player.FoundAsync();
        var key = TestPlayer.NewKey();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => player.PostAsync($"/v1/guilds/{guild}/deposit", new { amount = 30 }, key)));
        Assert.All(answers, answer => answer.Expect(HttpStatusCode.Accepted));
        Assert.All(answers, answer => Assert.Equal(870, answer.Body.GetProperty("gold").GetInt64()));
    }

    [Fact]
    public async Task SameKeyWithOtherContent_IsRefused()
    {
        var player = await fixture.Gateway.RegisterAsync();
        var guild = await player.FoundAsync();
        var key = TestPlayer.NewKey();
        (await player.PostAsync($"/v1/guilds/{guild}/deposit", new { amount = 5 }, key)).Expect(HttpStatusCode.Accepted);
        (await player.PostAsync($"/v1/guilds/{guild}/deposit", new { amount = 6 }, key)).Refused(HttpStatusCode.Conflict, "command_id_reused");
        Assert.Equal(895, (await player.GetAsync("/v1/players/me")).Body.GetProperty("gold").GetInt64());
    }

    [Fact]
    public async Task SameKeyOfAnotherPlayer_IsAnotherKey()
    {
        var key = TestPlayer.NewKey();
        foreach (var player in new[] { await fixture.Gateway.RegisterAsync(), await fixture.Gateway.RegisterAsync() })
        {
            var said = await player.PostAsync("/v1/chat/shard", new { text = $"I am {player.Name}" }, key);
            said.Expect(HttpStatusCode.Created);
            Assert.Equal(player.Id, said.Text("author"));
        }
    }

    [Fact]
    public async Task RefusedWrite_LeavesItsKeyFree()
    {
        var founder = await fixture.Gateway.RegisterAsync();
        var guild = await founder.FoundAsync();
        var player = await fixture.Gateway.RegisterAsync();
        var key = TestPlayer.NewKey();
        (await player.PostAsync($"/v1/guilds/{guild}/deposit", new { amount = 5 }, key)).Refused(HttpStatusCode.Conflict, "not_in_guild");
        await player.JoinAsync(guild);
        (await player.PostAsync($"/v1/guilds/{guild}/deposit", new { amount = 5 }, key)).Expect(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task FrameSentAgainInAnotherSession_GivesTheFirstAnswer()
    {
        var player = await fixture.Gateway.RegisterAsync();
        var id = TestPlayer.NewKey();
        var data = new { channel = "shard", text = "only once" };
        long first;
        await using (var session = await player.ConnectAsync())
        {
            first = (await session.AskForAsync("said", "chat", data, id)).GetProperty("sequence").GetInt64();
        }

        await using var other = await player.ConnectAsync();
        Assert.Equal(first, (await other.AskForAsync("said", "chat", data, id)).GetProperty("sequence").GetInt64());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public async Task KeyMissingOrMalformed_IsRefusedByName(string? key)
    {
        var player = await fixture.Gateway.RegisterAsync();
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/guilds/s01.01ARZ3NDEKTSV4RRFFQ69G5FAV/join");
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        var answer = (await player.SendAsync(request)).Refused(HttpStatusCode.BadRequest, "idempotency_key_invalid");
        Assert.Equal("Idempotency-Key", answer.Text("field"));
        Assert.Contains("64", answer.Text("limit"));
    }
}
