using System.Net;
using System.Net.Http.Json;
using Game.Gateway.Tests.Harness;

namespace Game.Gateway.Tests.SignIn;

/// <summary>Sessions from register to logout.</summary>
public sealed class SignInTests(GatewayFixture fixture)
{
    [Fact]
    public async Task Register_AndLogin_ArePlayersOfTheSameId()
    {
        var player = await fixture.Gateway.RegisterAsync("s02");
        var login = await PostAsync("login", new { name = player.Name.ToUpperInvariant(), password = TestPlayer.Password, shard = "s02" });
        login.Expect(HttpStatusCode.OK);
        Assert.Equal(player.Id, login.Text("playerId"));
        Assert.Equal(1_000, (await player.GetAsync("/v1/players/me")).Body.GetProperty("gold").GetInt64());
    }

    [Fact]
    public async Task Register_AgainWithTheSameKey_IsTheSamePlayer_AndWithoutItTaken()
    {
        var (name, key) = ($"r{TestPlayer.NewKey()[..10]}", TestPlayer.NewKey());
        var body = new { name, password = TestPlayer.Password, shard = "s01" };
        var first = (await PostAsync("register", body, key)).Expect(HttpStatusCode.Created);
        Assert.Equal(first.Text("playerId"), (await PostAsync("register", body, key)).Expect(HttpStatusCode.Created).Text("playerId"));
        (await PostAsync("register", body)).Refused(HttpStatusCode.Conflict, "account_exists");
        (await PostAsync("register", body with { password = "another password" }, key)).Refused(HttpStatusCode.Conflict, "account_exists");
    }

    [Fact]
    public async Task Login_UnknownNameAndWrongPassword_AreRefusedAlike()
    {
        var player = await fixture.Gateway.RegisterAsync();
        var wrong = await PostAsync("login", new { name = player.Name, password = "wrong password", shard = "s01" });
        var unknown = await PostAsync("login", new { name = "nobody-at-all", password = "wrong password", shard = "s01" });
        Assert.Equal(
            wrong.Refused(HttpStatusCode.Unauthorized, "sign_in_failed").Text("detail"),
            unknown.Refused(HttpStatusCode.Unauthorized, "sign_in_failed").Text("detail"));
    }

    [Fact]
    public async Task Refresh_GivesFreshTokens_AndTheOldTokenUsedAgainEndsTheSignIn()
    {
        var player = await fixture.Gateway.RegisterAsync();
        await using var session = await player.ConnectAsync();
        var fresh = (await RefreshAsync(player.RefreshToken)).Expect(HttpStatusCode.OK);
        Assert.NotEqual(player.RefreshToken, fresh.Text("refreshToken"));
        await session.AskForAsync("renewed", "renew", new { accessToken = fresh.Text("accessToken") });

        // The owner has the fresh token: who comes with the old one is a thief, or the owner was robbed.
        (await RefreshAsync(player.RefreshToken)).Refused(HttpStatusCode.Unauthorized, "refresh_reused");

        Assert.Equal(4401, await session.CloseCodeAsync());
        player.AccessToken = fresh.Text("accessToken");
        (await player.GetAsync("/v1/players/me")).Refused(HttpStatusCode.Unauthorized, "session_revoked");
        (await RefreshAsync(fresh.Text("refreshToken"))).Expect(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Refresh_AskedForAgainWithItsKey_HasTheSameResult()
    {
        var player = await fixture.Gateway.RegisterAsync();
        var key = TestPlayer.NewKey();
        var first = (await RefreshAsync(player.RefreshToken, key)).Expect(HttpStatusCode.OK);
        var again = (await RefreshAsync(player.RefreshToken, key)).Expect(HttpStatusCode.OK);
        Assert.Equal(first.Text("refreshToken"), again.Text("refreshToken"));
        (await RefreshAsync(first.Text("refreshToken"))).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Logout_MakesBothTokensWorthless_AndLeavesOtherSignInsAlone()
    {
        var player = await fixture.Gateway.RegisterAsync();
        var elsewhere = (await PostAsync("login", new { name = player.Name, password = TestPlayer.Password, shard = "s01" })).Text("accessToken");
        await using var session = await player.ConnectAsync();
        (await player.PostAsync("/v1/auth/logout")).Expect(HttpStatusCode.NoContent);

        Assert.Equal(4401, await session.CloseCodeAsync());
        (await player.GetAsync("/v1/players/me")).Refused(HttpStatusCode.Unauthorized, "session_revoked");
        (await RefreshAsync(player.RefreshToken)).Refused(HttpStatusCode.Unauthorized, "refresh_invalid");
        player.AccessToken = elsewhere;
        (await player.GetAsync("/v1/players/me")).Expect(HttpStatusCode.OK);
    }

    private Task<Answer> RefreshAsync(string refreshToken, string? key = null) => PostAsync("refresh", new { refreshToken }, key);

    private async Task<Answer> PostAsync<T>(string route, T body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/auth/{route}") { Content = JsonContent.Create(body) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        using var response = await fixture.Gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }
}
