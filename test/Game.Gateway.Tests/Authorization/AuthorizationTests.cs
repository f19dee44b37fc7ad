using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Game.Gateway.Sessions;
using Game.Gateway.Tests.Harness;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Game.Gateway.Tests.Authorization;

/// <summary>Tries every route and every type of frame as everybody.</summary>
public sealed class AuthorizationTests(Stage stage) : IClassFixture<Stage>
{
    private static readonly Persona[] SignedOut = [Persona.Nobody, Persona.Garbage, Persona.Forged, Persona.Expired, Persona.Revoked];
    private static readonly Func<Scene, Task> Fight = scene => scene.FightAsync();
    private static readonly Persona[] SignedIn = [Persona.Stranger, Persona.Rival, Persona.Member, Persona.Officer, Persona.Leader];

    private readonly TestGateway _gateway = stage.Gateway;

    public static TheoryData<string> Routes => [.. RouteTrials.All.Select(trial => trial.Route)];

    public static TheoryData<int> Frames => [.. Enumerable.Range(0, FrameTrials.All.Count)];

    [Fact]
    public void EveryRoute_HasATrial()
    {
        var routes = _gateway.Routes.SelectMany(route => route.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods
            .Select(method => $"{method} {route.RoutePattern.RawText}"));
        Assert.Equal(routes.Order(StringComparer.Ordinal), RouteTrials.All.Select(trial => trial.Route).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EveryFrameType_HasATrial() => Assert.Equal(
        _gateway.Services.GetRequiredService<FrameCatalog>().Types.Order(StringComparer.Ordinal),
        FrameTrials.All.Select(trial => trial.Type).Distinct().Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Route_TriedByEverybody_AnswersAsTheTrialSays(string route)
    {
        var trial = RouteTrials.All.Single(trial => trial.Route == route);
        Persona[] personas = trial.Anonymous ? [Persona.Nobody, Persona.Garbage, Persona.Stranger] : [.. SignedOut, .. SignedIn];
        foreach (var persona in personas)
        {
            var scene = await stage.SceneAsync(trial.Prepare);
            var token = await scene.TokenOfAsync(persona);
            var before = await _gateway.Shards.HeadsAsync();

            var verdict = trial.Of(persona);
            var answer = await SendAsync(trial, scene, token);

            Assert.True((int)answer.Status == verdict.Status, $"{persona}: {(int)answer.Status} instead of {verdict.Status}: {answer.Body}");
            if (verdict.Status >= 400)
            {
                answer.Refused((HttpStatusCode)verdict.Status, verdict.Code!);
                Assert.Equal(before, await _gateway.Shards.HeadsAsync());
            }
            else if (!trial.Route.StartsWith("GET", StringComparison.Ordinal))
            {
                stage.Spoil();
            }
        }

        Assert.Empty(_gateway.Log.Entries);
    }

    [Theory]
    [MemberData(nameof(Frames))]
    public async Task Frame_SentByEverybody_IsAnsweredAsTheTrialSays(int index)
    {
        var trial = FrameTrials.All[index];
        foreach (var persona in SignedIn)
        {
            var scene = await stage.SceneAsync(trial.NeedsWar ? Fight : null);
            var sender = scene.PlayerOf(persona);
            await using var session = await sender.ConnectAsync();
            var before = await _gateway.Shards.HeadsAsync();

            var reply = await session.AskAsync(trial.Type, trial.Data(scene)(sender));

            var type = reply.GetProperty("type").GetString()!;
            var answer = type == "error" ? $"error {reply.GetProperty("data").GetProperty("code").GetString()}" : type;
            Assert.True(answer == trial.Of(persona), $"{persona}: {reply}");
            if (type == "error")
            {
                Assert.Equal(before, await _gateway.Shards.HeadsAsync());
            }
        }

        Assert.Empty(_gateway.Log.Entries);
    }

    [Fact]
    public async Task Session_OpenedByWhoIsNotSignedIn_IsRefused()
    {
        var scene = await stage.SceneAsync(null);
        foreach (var persona in SignedOut)
        {
            foreach (var inQuery in new[] { false, true })
            {
                using var socket = await TestSession.ConnectAsync(_gateway, await scene.TokenOfAsync(persona), inQuery);
                Assert.Equal(HttpStatusCode.Unauthorized, socket.HttpStatusCode);
            }
        }
    }

    [Fact]
    public async Task Token_InTheQueryOfAnOrdinaryRequest_CountsNothing()
    {
        var player = await _gateway.RegisterAsync();
        using var response = await _gateway.Http.GetAsync(
            $"/v1/players/me?access_token={player.AccessToken}", TestContext.Current.CancellationToken);
        (await Answer.ReadAsync(response)).Refused(HttpStatusCode.Unauthorized, "token_missing");
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
    }

    [Fact]
    public async Task Views_OfOthers_HideWhatIsTheirs()
    {
        var scene = await stage.SceneAsync(null);
        var stranger = (await scene.Stranger.GetAsync($"/v1/guilds/{scene.Guild}")).Body;
        var member = (await scene.Member.GetAsync($"/v1/guilds/{scene.Guild}")).Body;
        foreach (var property in new[] { "treasury", "escrow", "invites" })
        {
            Assert.Equal(System.Text.Json.JsonValueKind.Null, stranger.GetProperty(property).ValueKind);
            Assert.NotEqual(System.Text.Json.JsonValueKind.Null, member.GetProperty(property).ValueKind);
        }

        var own = (await scene.Stranger.GetAsync($"/v1/players/{scene.Stranger.Id}")).Body;
        var foreign = (await scene.Stranger.GetAsync($"/v1/players/{scene.Member.Id}")).Body;
        Assert.Equal(1_000, own.GetProperty("gold").GetInt64());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, foreign.GetProperty("gold").ValueKind);
    }

    private async Task<Answer> SendAsync(RouteTrial trial, Scene scene, string? token)
    {
        var method = new HttpMethod(trial.Route.Split(' ')[0]);
        using var request = new HttpRequestMessage(method, trial.Path(scene));
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (method == HttpMethod.Post)
        {
            request.Headers.Add("Idempotency-Key", TestPlayer.NewKey());
            request.Content = trial.Body is null ? null : JsonContent.Create(trial.Body(scene));
        }

        return await Answer.ReadAsync(await _gateway.Http.SendAsync(request, TestContext.Current.CancellationToken));
    }
}
