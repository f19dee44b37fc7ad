using System.Net;
using System.Text.Json;
using Game.Gateway.Tests.Harness;

namespace Game.Gateway.Tests;

/// <summary>What players do together, over the wire and over several shards.</summary>
public sealed class WorldTests(GatewayFixture fixture)
{
    // On a busy machine a short war may be over too soon.
    [Fact]
    public async Task War_DeclaredAcceptedAndFoughtOnTwoShards_SettlesForTheStronger() => Assert.True(
        await FightAsync(5) || await FightAsync(20) || await FightAsync(60),
        "Every war was over before both had struck and the score was told.");

    /// <returns>False if the war was over before both had struck and the score was told.</returns>
    private async Task<bool> FightAsync(int durationSeconds)
    {
        var attacker = await fixture.Gateway.RegisterAsync("s01");
        var defender = await fixture.Gateway.RegisterAsync("s02");
        var recruit = await fixture.Gateway.RegisterAsync("s03");
        var attacking = await attacker.FoundAsync();
        var defending = await defender.FoundAsync();
        await recruit.JoinAsync(attacking);
        await DepositAsync(attacker, attacking, 200);
        await DepositAsync(defender, defending, 200);

        var declared = await attacker.PostAsync("/v1/wars", new { defender = defending, wager = 150, durationSeconds });
        declared.Expect(HttpStatusCode.Created);
        var war = declared.Text("id");
        Assert.Equal("declared", declared.Text("status"));
        Assert.Equal("coordinator", declared.Text("source"));
        await defender.UntilAsync($"/v1/guilds/{defending}", guild => guild.GetProperty("wars").GetArrayLength() == 1);

        await using var watching = await recruit.ConnectAsync();
        await watching.AskForAsync("subscribed", "subscribe", new { topics = new[] { $"war:{war}" } });
        (await defender.PostAsync($"/v1/wars/{war}/accept")).Expect(HttpStatusCode.Accepted);
        await watching.PushAsync("war.started");

        var struck = await watching.AskAsync("strike", new { warId = war, power = 70 });
        if (IsTooLate(struck.GetProperty("data")))
        {
            return false;
        }

        Assert.True(struck.GetProperty("type").GetString() == "struck", struck.ToString());
        Assert.Equal(70, struck.GetProperty("data").GetProperty("playerTotal").GetInt64());
        await defender.UntilAsync($"/v1/wars/{war}/front", _ => true);
        var contributed = await defender.PostAsync($"/v1/wars/{war}/contribute", new { power = 30 });
        if (IsTooLate(contributed.Body))
        {
            return false;
        }

        contributed.Expect(HttpStatusCode.OK);

        // A score that is known only when the war is settled is told by the settlement alone.
        var told = await watching.FrameAsync(frame => frame.GetProperty("type").GetString() switch
        {
            "war.scoreboard" => frame.GetProperty("data").GetProperty("total").GetProperty("attacker").GetInt64() == 70,
            var type => type == "war.settled",
        });
        if (told.GetProperty("type").GetString() == "war.settled")
        {
            return false;
        }

        var settled = await watching.PushAsync("war.settled");
        Assert.Equal(attacking, settled.GetProperty("winner").GetString());
        var end = await attacker.UntilAsync($"/v1/wars/{war}", view => view.GetProperty("status").GetString() == "settled");
        Assert.Equal(70, end.Body.GetProperty("total").GetProperty("attacker").GetInt64());
        Assert.Equal(30, end.Body.GetProperty("total").GetProperty("defender").GetInt64());
        await attacker.UntilAsync($"/v1/guilds/{attacking}", guild => guild.GetProperty("treasury").GetInt64() == 100 + 200 + 150);
        await defender.UntilAsync($"/v1/guilds/{defending}", guild => guild.GetProperty("treasury").GetInt64() == 100 + 200 - 150);
        return true;
    }

    private static bool IsTooLate(JsonElement answer) => answer.TryGetProperty("code", out var code) && code.GetString() == "war_closed";

    private static async Task DepositAsync(TestPlayer player, string guild, long amount)
    {
        (await player.PostAsync($"/v1/guilds/{guild}/deposit", new { amount })).Expect(HttpStatusCode.Accepted);
        await player.UntilAsync($"/v1/guilds/{guild}", view => view.GetProperty("treasury").GetInt64() == 100 + amount);
    }
}
