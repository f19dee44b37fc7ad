using Game.Gateway.Tests.Harness;

namespace Game.Gateway.Tests.Authorization;

/// <summary>One entry for every route there is; a route without one fails the test.</summary>
internal static class RouteTrials
{
    private static readonly Verdict NotMember = (403, "not_member");
    private static readonly Verdict NotOfficer = (403, "not_officer");
    private static readonly Verdict NotLeader = (403, "not_leader");
    private static readonly Verdict InGuild = (409, "already_in_guild");

    // One instance each: by it a scene tells what has happened in it.
    private static readonly Func<Scene, Task> Declare = scene => scene.DeclareAsync();
    private static readonly Func<Scene, Task> BeDeclaredOn = scene => scene.BeDeclaredOnAsync();
    private static readonly Func<Scene, Task> Fight = scene => scene.FightAsync();
    private static readonly Func<Scene, Task> Appear = scene => scene.AppearAsync();
    private static readonly Func<Scene, Task> Submit = SubmitAsync;

    public static IReadOnlyList<RouteTrial> All { get; } =
    [
        RouteTrial.Same("GET /openapi/v1.json", _ => "/openapi/v1.json", null, 200) with { Anonymous = true },
        RouteTrial.Same("POST /v1/auth/register", _ => "/v1/auth/register", _ => new { name = NewName(), password = TestPlayer.Password }, 201)
            with { Anonymous = true },
        RouteTrial.Same("POST /v1/auth/login", _ => "/v1/auth/login", s => new { name = s.Target.Name, password = TestPlayer.Password, shard = s.Target.Shard }, 200)
            with { Anonymous = true },
        RouteTrial.Same("POST /v1/auth/refresh", _ => "/v1/auth/refresh", s => new { refreshToken = s.Target.RefreshToken }, 200)
            with { Anonymous = true },
        RouteTrial.Same("POST /v1/auth/logout", _ => "/v1/auth/logout", null, 204),
        RouteTrial.Same("GET /v1/session", _ => "/v1/session", null, (426, "upgrade_required")),

        RouteTrial.Same("GET /v1/players/me", _ => "/v1/players/me", null, 200),
        RouteTrial.Same("POST /v1/players/me/actions", _ => "/v1/players/me/actions", _ => Actions(), 202),
        RouteTrial.Same(
            "POST /v1/players/me/purchases",
            _ => "/v1/players/me/purchases",
            _ => new { provider = "signed", receipt = "hs256.e30.AAAA" },
            (403, "receipt_invalid")),
        RouteTrial.Same("GET /v1/players/{playerId}", s => $"/v1/players/{s.Target.Id}", null, 200),

        new("POST /v1/guilds/", _ => "/v1/guilds", _ => new { name = NewName(), tag = "NEW", policy = "open" }, 202, InGuild, InGuild, InGuild, InGuild),
        RouteTrial.Same("GET /v1/guilds/", _ => "/v1/guilds?name=g", null, 200),
        RouteTrial.Same("GET /v1/guilds/{guildId}", Guild(""), null, 200),
        new("GET /v1/guilds/{guildId}/audit", Guild("/audit"), null, NotMember, NotMember, 200, 200, 200),
        new("POST /v1/guilds/{guildId}/join", Guild("/join"), null, 202, InGuild, InGuild, InGuild, InGuild),
        new("POST /v1/guilds/{guildId}/accept", Guild("/accept"), null, 202, InGuild, InGuild, InGuild, InGuild),
        new("POST /v1/guilds/{guildId}/deposit", Guild("/deposit"), _ => new { amount = 5 }, (409, "not_in_guild"), NotMember, 202, 202, 202),
        new("POST /v1/guilds/{guildId}/withdraw", Guild("/withdraw"), _ => new { amount = 5 }, NotMember, NotMember, NotOfficer, 202, 202),
        new("POST /v1/guilds/{guildId}/leave", Guild("/leave"), null, NotMember, NotMember, 200, 200, (409, "leader_must_stay")),
        new("POST /v1/guilds/{guildId}/invite", Guild("/invite"), s => new { playerId = s.Stranger.Id }, NotMember, NotMember, NotOfficer, 200, 200),
        new("POST /v1/guilds/{guildId}/kick", Guild("/kick"), Target, NotMember, NotMember, NotOfficer, 200, 200),
        new("POST /v1/guilds/{guildId}/promote", Guild("/promote"), Target, NotMember, NotMember, NotLeader, NotLeader, 200),
        new("POST /v1/guilds/{guildId}/demote", Guild("/demote"), s => new { playerId = s.Officer.Id }, NotMember, NotMember, NotLeader, NotLeader, 200),
        new("POST /v1/guilds/{guildId}/transfer", Guild("/transfer"), Target, NotMember, NotMember, NotLeader, NotLeader, 200),
        new("POST /v1/guilds/{guildId}/disband", Guild("/disband"), null, NotMember, NotMember, NotLeader, NotLeader, 200),

        RouteTrial.Same("GET /v1/wars/", s => $"/v1/wars?guild={s.Guild}&status=declared", null, 200),
        new("POST /v1/wars/", _ => "/v1/wars", s => new { defender = s.ThirdGuild, wager = 10, durationSeconds = 60 }, NotMember, 201, NotOfficer, 201, 201),
        RouteTrial.Same("GET /v1/wars/{warId}", War(""), null, 200) with { Prepare = Declare },
        RouteTrial.Same("GET /v1/wars/{warId}/front", War("/front"), null, 200) with { Prepare = Fight },
        new("POST /v1/wars/{warId}/accept", War("/accept"), null, NotMember, NotMember, NotOfficer, 202, 202) { Prepare = BeDeclaredOn },
        new("POST /v1/wars/{warId}/decline", War("/decline"), null, NotMember, NotMember, NotOfficer, 202, 202) { Prepare = BeDeclaredOn },
        new("POST /v1/wars/{warId}/cancel", War("/cancel"), null, NotOfficer, NotOfficer, NotOfficer, 200, 200) { Prepare = Declare },
        new("POST /v1/wars/{warId}/contribute", War("/contribute"), _ => new { power = 3 }, (409, "not_in_guild"), 200, 200, 200, 200)
            { Prepare = Fight },

        RouteTrial.Same("GET /v1/events/", _ => "/v1/events?status=started", null, 200),
        RouteTrial.Same("GET /v1/events/{eventId}", s => $"/v1/events/{s.Boss}", null, 200) with { Prepare = Appear },
        RouteTrial.Same("POST /v1/events/{eventId}/strike", s => $"/v1/events/{s.Boss}/strike", _ => new { power = 3 }, 200) with { Prepare = Appear },

        RouteTrial.Same("POST /v1/leaderboards/{board}/submit", Board("/submit"), _ => new { score = 7 }, 200),
        RouteTrial.Same("GET /v1/leaderboards/{board}/top", Board("/top?scope=all"), null, 200),
        RouteTrial.Same("GET /v1/leaderboards/{board}/page", Board("/page"), null, 200),
        RouteTrial.Same("GET /v1/leaderboards/{board}/around", Board("/around"), null, 200) with { Prepare = Submit },
        RouteTrial.Same("GET /v1/leaderboards/{board}/rank", Board("/rank"), null, 200) with { Prepare = Submit },

        RouteTrial.Same("GET /v1/notifications/", _ => "/v1/notifications", null, 200),
        RouteTrial.Same("POST /v1/notifications/read", _ => "/v1/notifications/read", _ => new { upTo = 1 }, 200),
        RouteTrial.Same("GET /v1/friends/", _ => "/v1/friends", null, 200),
        RouteTrial.Same("GET /v1/friends/presence", _ => "/v1/friends/presence", null, 200),
        RouteTrial.Same("POST /v1/friends/{friendId}", Friend(""), null, 202),
        RouteTrial.Same("POST /v1/friends/{friendId}/accept", Friend("/accept"), null, (404, "friend_request_not_found")),
        RouteTrial.Same("POST /v1/friends/{friendId}/decline", Friend("/decline"), null, (404, "friend_request_not_found")),
        RouteTrial.Same("POST /v1/friends/{friendId}/remove", Friend("/remove"), null, (409, "not_friends")),
        RouteTrial.Same("POST /v1/friends/{friendId}/block", Friend("/block"), null, 200),
        RouteTrial.Same("POST /v1/friends/{friendId}/unblock", Friend("/unblock"), null, 200),
        new("GET /v1/chat/{channel}/", s => $"/v1/chat/guild:{s.Guild}", null, NotMember, NotMember, 200, 200, 200),
        new("POST /v1/chat/{channel}/", s => $"/v1/chat/guild:{s.Guild}", _ => new { text = "hi" }, NotMember, NotMember, 201, 201, 201),
    ];

    private static object Actions() => new { actions = new[] { new { kind = "skillUsed", at = DateTimeOffset.UtcNow, skill = "fireball" } } };

    private static string NewName() => "n" + Guid.NewGuid().ToString("N")[..12];

    private static Func<Scene, string> Guild(string rest) => scene => $"/v1/guilds/{scene.Guild}{rest}";

    private static Func<Scene, string> War(string rest) => scene => $"/v1/wars/{scene.War}{rest}";

    private static Func<Scene, string> Board(string rest) => _ => $"/v1/leaderboards/{TestShards.Board}{rest}";

    private static Func<Scene, string> Friend(string rest) => scene => $"/v1/friends/{scene.Target.Id}{rest}";

    private static object Target(Scene scene) => new { playerId = scene.Target.Id };

    private static Task SubmitAsync(Scene scene) => Task.WhenAll(
        new[] { scene.Stranger, scene.Rival, scene.Member, scene.Officer, scene.Leader }.Select(
            player => player.PostAsync($"/v1/leaderboards/{TestShards.Board}/submit", new { score = 5 })));
}
