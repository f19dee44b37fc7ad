using System.Text.Json;
using Game.Contracts.Feeds;
using Game.Gateway.Sessions;
using Microsoft.Extensions.Time.Testing;

namespace Game.Gateway.Tests.Sessions;

public sealed class PushPaceTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly FakeTimeProvider _clock = new();
    private readonly List<string> _told = [];
    private readonly PushPace _pace;

    public PushPaceTests() => _pace = new PushPace(Interval, _clock, Tell);

    [Fact]
    public void Scoreboards_ThatComeFasterThanThePace_AreToldAtIt_TheNewestOfEach()
    {
        // 40 a second for a second.
        for (var revision = 1; revision <= 40; revision++)
        {
            _pace.Push(Scoreboard(revision));
            _clock.Advance(TimeSpan.FromMilliseconds(25));
        }

        Assert.Equal(["war.scoreboard 1", "war.scoreboard 10", "war.scoreboard 20", "war.scoreboard 30", "war.scoreboard 40"], _told);
    }

    [Fact]
    public void Scoreboard_AfterAPause_IsToldAtOnce()
    {
        _pace.Push(Scoreboard(1));
        _clock.Advance(Interval);
        _pace.Push(Scoreboard(2));
        Assert.Equal(["war.scoreboard 1", "war.scoreboard 2"], _told);
    }

    [Fact]
    public void LastScoreboard_IsTold_ThoughNothingFollows()
    {
        _pace.Push(Scoreboard(1));
        _pace.Push(Scoreboard(2));
        _pace.Push(Scoreboard(3));
        Assert.Equal(["war.scoreboard 1"], _told);

        _clock.Advance(Interval);
        Assert.Equal(["war.scoreboard 1", "war.scoreboard 3"], _told);
        _clock.Advance(10 * Interval);
        Assert.Equal(2, _told.Count);
    }

    [Fact]
    public void Settlement_IsToldAtOnce_AfterTheScoreboardBeforeIt()
    {
        _pace.Push(Scoreboard(1));
        _pace.Push(Scoreboard(2));
        _pace.Push(Frame("war.settled", new { warId = "w", revision = 1 }));
        _pace.Push(Frame("war.settled", new { warId = "w", revision = 2 }));
        _clock.Advance(10 * Interval);
        Assert.Equal(["war.scoreboard 1", "war.scoreboard 2", "war.settled 1", "war.settled 2"], _told);
    }

    [Fact]
    public void OlderScoreboard_ThatComesLate_DoesNotTakeTheNewestsPlace()
    {
        _pace.Push(Scoreboard(3));
        _pace.Push(Scoreboard(2));
        _clock.Advance(Interval);
        Assert.Equal(["war.scoreboard 3"], _told);

        _pace.Push(Scoreboard(4));
        _pace.Push(Scoreboard(6));
        _pace.Push(Scoreboard(5));
        _clock.Advance(Interval);
        Assert.Equal(["war.scoreboard 3", "war.scoreboard 4", "war.scoreboard 6"], _told);
    }

    [Fact]
    public void PoolsOfTwoBosses_HaveAPaceEach()
    {
        _pace.Push(Pool("a", 1));
        _pace.Push(Pool("b", 11));
        _pace.Push(Pool("a", 2));
        _pace.Push(Pool("b", 12));
        Assert.Equal(["boss.pool 1", "boss.pool 11"], _told);

        _clock.Advance(Interval);
        Assert.Equal(["boss.pool 1", "boss.pool 11", "boss.pool 2", "boss.pool 12"], _told);
    }

    [Fact]
    public void Events_AreNeverHeldBack()
    {
        for (var i = 0; i < 100; i++)
        {
            _pace.Push(Frame("world-event.started", new { eventId = "e", revision = i }));
        }

        Assert.Equal(100, _told.Count);
    }

    [Fact]
    public void WithoutALimit_EveryScoreboardIsTold()
    {
        var pace = new PushPace(TimeSpan.Zero, _clock, Tell);
        pace.Push(Scoreboard(1));
        pace.Push(Scoreboard(2));
        Assert.Equal(2, _told.Count);
    }

    private static FeedFrame Scoreboard(long revision) => Frame("war.scoreboard", new { warId = "w", revision });

    private static FeedFrame Pool(string boss, long revision) => Frame("boss.pool", new { eventId = boss, revision });

    private static FeedFrame Frame(string type, object data) => FeedFrame.Of(new FeedMessage("topic", type, JsonSerializer.Serialize(data)));

    private void Tell(FeedFrame frame)
    {
        var push = JsonDocument.Parse(frame.Bytes).RootElement;
        _told.Add($"{push.GetProperty("type").GetString()} {push.GetProperty("data").GetProperty("revision").GetInt64()}");
    }
}
