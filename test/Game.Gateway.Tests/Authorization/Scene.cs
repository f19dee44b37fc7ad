using System.Net;
using System.Security.Cryptography;
using Game.Gateway.Tests.Harness;
using Game.Gateway.Tokens;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Game.Gateway.Tests.Authorization;

/// <summary>
/// A guild with a leader, an officer and two members; a rival guild; a third one; and a player of none. Wars between them
/// are made on demand. Fresh for every trial that may change something.
/// </summary>
public sealed class Scene
{
    private readonly TestGateway _gateway;

    private Scene(TestGateway gateway)
    {
        _gateway = gateway;
    }

    public required string Guild { get; init; }

    public required string RivalGuild { get; init; }

    public required string ThirdGuild { get; init; }

    public required TestPlayer Leader { get; init; }

    public required TestPlayer Officer { get; init; }

    public required TestPlayer Member { get; init; }

    /// <summary>Whom things are done to.</summary>
    public required TestPlayer Target { get; init; }

    public required TestPlayer Rival { get; init; }

    public required TestPlayer Stranger { get; init; }

    public string War { get; private set; } = "";

    /// <summary>A world boss that lives longer than the tests, running on every shard.</summary>
    public string Boss { get; private set; } = "";

    public static async Task<Scene> SetAsync(TestGateway gateway)
    {
        var players = await Task.WhenAll(
            gateway.RegisterAsync("s01"),
            gateway.RegisterAsync("s02"),
            gateway.RegisterAsync("s03"),
            gateway.RegisterAsync("s01"),
            gateway.RegisterAsync("s02"),
            gateway.RegisterAsync("s03"),
            gateway.RegisterAsync("s01"));
        var guilds = await Task.WhenAll(players[0].FoundAsync(), players[4].FoundAsync(), players[5].FoundAsync());
        var scene = new Scene(gateway)
        {
            Leader = players[0],
            Officer = players[1],
            Member = players[2],
            Target = players[3],
            Rival = players[4],
            Stranger = players[6],
            Guild = guilds[0],
            RivalGuild = guilds[1],
            ThirdGuild = guilds[2],
        };
        await Task.WhenAll(new[] { scene.Officer, scene.Member, scene.Target }.Select(player => player.JoinAsync(scene.Guild)));
        (await scene.Leader.PostAsync($"/v1/guilds/{scene.Guild}/promote", new { playerId = scene.Officer.Id })).Expect(HttpStatusCode.OK);
        return scene;
    }

    /// <summary>A war that the scene's guild has declared on the rival's.</summary>
    public async Task DeclareAsync() => War = await DeclareAsync(Leader, RivalGuild, Rival);

    /// <summary>A war that the rival's guild has declared on the scene's.</summary>
    public async Task BeDeclaredOnAsync() => War = await DeclareAsync(Rival, Guild, Leader);

    /// <summary>A war between the two that runs on every shard.</summary>
    public async Task FightAsync()
    {
        await DeclareAsync();
        (await Rival.PostAsync($"/v1/wars/{War}/accept")).Expect(HttpStatusCode.Accepted);
        await Task.WhenAll(new[] { Leader, Officer, Member }.Select(player => player.UntilAsync($"/v1/wars/{War}/front", _ => true)));
    }

    /// <summary>A world boss appears.</summary>
    public async Task AppearAsync()
    {
        Boss = await _gateway.ScheduleBossAsync();
        await Task.WhenAll(new[] { Leader, Officer, Member }.Select(
            player => player.UntilAsync($"/v1/events/{Boss}", view => view.GetProperty("secondsLeft").GetInt64() > 0)));
    }

    public TestPlayer PlayerOf(Persona persona) => persona switch
    {
        Persona.Rival => Rival,
        Persona.Member => Member,
        Persona.Officer => Officer,
        Persona.Leader => Leader,
        _ => Stranger,
    };

    /// <summary>The access token a persona comes with; null for none.</summary>
    public async Task<string?> TokenOfAsync(Persona persona)
    {
        switch (persona)
        {
            case Persona.Nobody:
                return null;
            case Persona.Garbage:
                return "eyJhbGciOiJub25lIn0.eyJzdWIiOiJzMDEifQ.";
            case Persona.Forged:
                return TokenOf(Stranger, new SigningKeys(RandomNumberGenerator.GetBytes(32), []), TimeProvider.System);
            case Persona.Expired:
                return TokenOf(
                    Stranger,
                    _gateway.Services.GetRequiredService<SigningKeys>(),
                    new FakeTimeProvider(DateTimeOffset.UtcNow.AddDays(-1)));
            case Persona.Revoked:
                var gone = await _gateway.RegisterAsync();
                (await gone.PostAsync("/v1/auth/logout")).Expect(HttpStatusCode.NoContent);

                // Analytics is told of it a moment later, which is stored too.
                await _gateway.Shards.SettleAsync();
                return gone.AccessToken;
            default:
                return PlayerOf(persona).AccessToken;
        }
    }

    private static string TokenOf(TestPlayer player, SigningKeys keys, TimeProvider clock) =>
        new AccessTokens(keys, new TokenSettings(), clock).Issue(player.Id, player.Name, player.Name.ToLowerInvariant(), SessionOf(player)).Token;

    /// <summary>The refresh token names the session: shard.account.session.secret.</summary>
    private static string SessionOf(TestPlayer player) => player.RefreshToken.Split('.')[2];

    private static async Task<string> DeclareAsync(TestPlayer attacker, string defender, TestPlayer defending)
    {
        var declared = await attacker.PostAsync("/v1/wars", new { defender, wager = 10, durationSeconds = 3600 });
        declared.Expect(HttpStatusCode.Created);
        await defending.UntilAsync($"/v1/guilds/{defender}", guild => guild.GetProperty("wars").GetArrayLength() == 1);
        return declared.Text("id");
    }
}
