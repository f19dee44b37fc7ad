using System.Text.Json;
using Game.Contracts.Feeds;
using Game.Gateway.Tests.Harness;
using Microsoft.Extensions.Time.Testing;

namespace Game.Gateway.Tests.Sessions;

public sealed class ScoreboardPaceTests(GatewayFixture fixture)
{
    private const string War = "s01.01ARZ3NDEKTSV4RRFFQ69G5FAV";
    private const int Sessions = 20;
    private const int Changes = 200;

    /// <summary>However often a war's score changes, a client is told it four times a second, and the last of it always.</summary>
    [Fact]
    public async Task Sessions_AreToldAScoreboardAtItsPace_AndAlwaysTheLast()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var gateway = await TestGateway.StartAsync(clock: clock, shards: fixture.Gateway.Shards);
        var player = await gateway.RegisterAsync();
        var players = await Task.WhenAll(Enumerable.Range(0, Sessions - 1).Select(_ => gateway.RegisterAsync()));
        var sessions = await Task.WhenAll(players.Prepend(player).Select(one => one.ConnectAsync()));
        await Task.WhenAll(sessions.Select(session => session.AskForAsync("subscribed", "subscribe", new { topics = new[] { FeedTopics.War(War) } })));
        Assert.True(gateway.Shards.TryGet("s01", out var grains));
        var feed = grains.GetGrain<IFeedGrain>(FeedTopics.War(War));

        await feed.PublishAsync(Message("war.scoreboard", 1));
        await Task.WhenAll(sessions.Select(session => session.PushAsync("war.scoreboard")));
        for (var revision = 2; revision <= Changes; revision++)
        {
            await feed.PublishAsync(Message("war.scoreboard", revision));
        }

        // The gateway's clock stands still, so all this happens within one interval.
        await feed.PublishAsync(Message("war.settled", 1));
        await Task.WhenAll(sessions.Select(session => session.PushAsync("war.settled")));
        Assert.All(sessions, session => Assert.Equal([Changes], Scoreboards(session)));

        // Nothing follows this one but the end of the interval. Not faster than real time: tokens and patience would be over.
        await feed.PublishAsync(Message("war.scoreboard", Changes + 1));
        var last = Task.WhenAll(sessions.Select(session => session.PushAsync("war.scoreboard")));
        while (!last.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(250));
            await Task.WhenAny(last, Task.Delay(250, TestContext.Current.CancellationToken));
        }

        Assert.All(await last, board => Assert.Equal(Changes + 1, RevisionOf(board)));
        foreach (var session in sessions)
        {
            await session.DisposeAsync();
        }
    }

    /// <summary>The revisions that came and nobody asked for.</summary>
    private static IEnumerable<long> Scoreboards(TestSession session) => session.TakeOthers()
        .Where(frame => frame.GetProperty("type").GetString() == "war.scoreboard")
        .Select(frame => RevisionOf(frame.GetProperty("data")));

    private static FeedMessage Message(string type, long revision) =>
        new(FeedTopics.War(War), type, JsonSerializer.Serialize(new { warId = War, revision }));

    private static long RevisionOf(JsonElement board) => board.GetProperty("revision").GetInt64();
}
