using System.Net;
using System.Text.Json;
using Game.Gateway.Tests.Harness;

namespace Game.Gateway.Tests.WorldEvents;

/// <summary>World events as players meet them over the wire, and as operators make them.</summary>
public sealed class WorldEventTests(GatewayFixture fixture)
{
    [Fact]
    public async Task Boss_StruckOnTwoShards_IsSeenToDieByAll_AndPaysByContribution()
    {
        var gateway = fixture.Gateway;
        var first = await gateway.RegisterAsync("s01");
        var second = await gateway.RegisterAsync("s02");
        await using var watching = await second.ConnectAsync();
        await watching.AskForAsync("subscribed", "subscribe", new { topics = new[] { "events" } });

        var boss = await gateway.ScheduleBossAsync(hitPoints: 100);
        var started = await watching.PushAsync("world-event.started", push => push.GetProperty("eventId").GetString() == boss);
        Assert.Equal("worldBoss", started.GetProperty("kind").GetString());
        Assert.Equal("Dragon", started.GetProperty("name").GetString());
        Assert.Equal(100, started.GetProperty("hitPoints").GetInt64());
        Assert.InRange(started.GetProperty("secondsLeft").GetInt64(), 3500, 3600);
        await first.UntilAsync($"/v1/events/{boss}", view => view.GetProperty("secondsLeft").GetInt64() > 0);

        var struck = (await first.PostAsync($"/v1/events/{boss}/strike", new { power = 75 })).Expect(HttpStatusCode.OK);
        Assert.Equal(75, struck.Body.GetProperty("playerTotal").GetInt64());
        await watching.PushAsync("boss.pool", pool => pool.GetProperty("eventId").GetString() == boss && pool.GetProperty("remaining").GetInt64() == 25);
        var last = await watching.AskForAsync("boss.struck", "boss.strike", new { eventId = boss, power = 25 });
        Assert.Equal(25, last.GetProperty("damage").GetInt64());

        await watching.PushAsync("boss.killed", push => push.GetProperty("eventId").GetString() == boss);
        var settled = await watching.PushAsync("world-event.settled", push => push.GetProperty("eventId").GetString() == boss);
        Assert.Equal([first.Id, second.Id], settled.GetProperty("top").EnumerateArray().Select(entry => entry.GetProperty("player").GetString()!));
        var end = await first.UntilAsync($"/v1/events/{boss}", view => view.GetProperty("event").GetProperty("status").GetString() == "settled");
        Assert.Equal("killed", end.Body.GetProperty("event").GetProperty("ending").GetString());
        Assert.Equal(100, end.Body.GetProperty("event").GetProperty("damage").GetInt64());
        Assert.Equal(75, end.Body.GetProperty("yourDamage").GetInt64());
        await first.UntilAsync("/v1/players/me", me => me.GetProperty("experience").GetInt64() == 750);
        await second.UntilAsync("/v1/players/me", me => me.GetProperty("experience").GetInt64() == 250);
        (await first.PostAsync($"/v1/events/{boss}/strike", new { power = 1 })).Refused(HttpStatusCode.Conflict, "event_over");
    }

    [Fact]
    public async Task Operator_SchedulesOnce_SeesWhoDidIt_AndCallsOff()
    {
        var gateway = fixture.Gateway;
        var player = await gateway.RegisterAsync("s03");
        var key = TestPlayer.NewKey();
        var body = new { kind = "doubleExperience", name = "Feast", startsAt = DateTimeOffset.UtcNow.AddDays(1), durationSeconds = 600, multiplier = 3 };
        var id = (await gateway.OperateAsync("/ops/world-events", body, key)).Expect(HttpStatusCode.Created).Text("id");
        Assert.Equal(id, (await gateway.OperateAsync("/ops/world-events", body, key)).Expect(HttpStatusCode.Created).Text("id"));

        var known = await player.UntilAsync($"/v1/events/{id}", _ => true);
        Assert.Equal(3, known.Body.GetProperty("event").GetProperty("multiplier").GetInt32());
        (await gateway.OperateAsync("/ops/world-events/cancel", new { eventId = id })).Expect(HttpStatusCode.OK);
        await player.UntilAsync($"/v1/events/{id}", view => view.GetProperty("event").GetProperty("status").GetString() == "cancelled");
        var entry = await UntilCancellerListedAsync(id);
        Assert.Equal(("operator", "operator"), (entry.GetProperty("scheduledBy").GetString(), entry.GetProperty("cancelledBy").GetString()));
        (await gateway.OperateAsync("/ops/world-events/cancel", new { eventId = id })).Refused(HttpStatusCode.Conflict, "event_over");
    }

    [Fact]
    public async Task Operator_WhoAsksForNonsense_IsToldTheField()
    {
        var gateway = fixture.Gateway;
        var startsAt = DateTimeOffset.UtcNow.AddHours(1);
        foreach (var (field, body) in new (string, object)[]
        {
            ("kind", new { kind = "dance", name = "x", startsAt, durationSeconds = 60 }),
            ("name", new { kind = "worldBoss", name = "", startsAt, durationSeconds = 60, hitPoints = 1 }),
            ("startsAt", new { kind = "worldBoss", name = "x", startsAt = startsAt.AddYears(-1), durationSeconds = 60, hitPoints = 1 }),
            ("startsAt", new { kind = "worldBoss", name = "x", startsAt = DateTimeOffset.MaxValue, durationSeconds = 60, hitPoints = 1 }),
            ("durationSeconds", new { kind = "worldBoss", name = "x", startsAt, durationSeconds = int.MaxValue, hitPoints = 1 }),
            ("leadSeconds", new { kind = "worldBoss", name = "x", startsAt, durationSeconds = 60, leadSeconds = -1, hitPoints = 1 }),
            ("hitPoints", new { kind = "worldBoss", name = "x", startsAt, durationSeconds = 60 }),
            ("reward", new { kind = "worldBoss", name = "x", startsAt, durationSeconds = 60, hitPoints = 1, reward = -1 }),
            ("multiplier", new { kind = "doubleExperience", name = "x", startsAt, durationSeconds = 60, multiplier = 1 }),
        })
        {
            var answer = (await gateway.OperateAsync("/ops/world-events", body)).Refused(HttpStatusCode.BadRequest, "invalid_field");
            Assert.Equal(field, answer.Body.GetProperty("field").GetString());
        }

        foreach (var (eventId, status, code) in new[]
        {
            ("s01.nothing", HttpStatusCode.BadRequest, "invalid_id"),
            ("s01.01ARZ3NDEKTSV4RRFFQ69G5FAV", HttpStatusCode.NotFound, "event_not_found"),
            ("s77.01ARZ3NDEKTSV4RRFFQ69G5FAV", HttpStatusCode.MisdirectedRequest, "shard_not_served"),
        })
        {
            (await gateway.OperateAsync("/ops/world-events/cancel", new { eventId })).Refused(status, code);
        }

        (await gateway.OperateAsync("/ops/world-events", new { }, key: "no key!")).Refused(HttpStatusCode.BadRequest, "idempotency_key_invalid");
    }

    /// <summary>What operators are shown is what one shard has heard, perhaps after the others.</summary>
    private async Task<JsonElement> UntilCancellerListedAsync(string id)
    {
        var deadline = DateTime.UtcNow + TestGateway.Patience;
        while (true)
        {
            using var response = await fixture.Gateway.Management.GetAsync("/ops/world-events", TestContext.Current.CancellationToken);
            var listed = (await Answer.ReadAsync(response)).Expect(HttpStatusCode.OK).Body;
            var entry = listed.EnumerateArray().SingleOrDefault(entry => entry.GetProperty("id").GetString() == id);
            if (entry.ValueKind == JsonValueKind.Object && entry.GetProperty("cancelledBy").ValueKind == JsonValueKind.String)
            {
                return entry;
            }

            Assert.True(DateTime.UtcNow < deadline, $"Still {listed}");
        }
    }
}
