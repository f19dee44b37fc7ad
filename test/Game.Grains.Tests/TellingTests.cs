using Game.Grains.Broadcast.Chains;
using Game.Grains.LogPumps;
using Microsoft.Extensions.Time.Testing;

namespace Game.Grains.Tests;

/// <summary>How often shards tell each other what they have heard, and readers of a log are woken.</summary>
public sealed class TellingTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Source_IsToldAtOnce_ThenMoreAndMoreSeldomWhileItIsQuiet()
    {
        var telling = new Telling();
        Assert.Equal([0, 30, 90, 210, 450], Rounds(480).Where(second => telling.TryTake(heard: 7, At(second))));
    }

    [Fact]
    public void Source_ThatSomethingWasHeardOf_IsToldInTheNextRound_AndAgainHalfAMinuteLater()
    {
        var telling = new Telling();
        Assert.Equal(
            [0, 30, 90, 120, 150, 210, 330],
            Rounds(390).Where(second => telling.TryTake(heard: second < 120 ? 7 : 8, At(second))));
    }

    [Fact]
    public void Hints_AreTakenAtOnce_ThenNoMoreOftenThanTheirPace()
    {
        var clock = new FakeTimeProvider();
        var pace = new HintPace(clock, TimeSpan.FromMilliseconds(50));
        Assert.True(pace.TryTake());
        Assert.False(pace.TryTake());
        clock.Advance(TimeSpan.FromMilliseconds(49));
        Assert.False(pace.TryTake());
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(pace.TryTake());
        Assert.False(pace.TryTake());
    }

    private static IEnumerable<int> Rounds(int until) => Enumerable.Range(0, until / 30).Select(round => round * 30);

    private static DateTimeOffset At(int second) => Start + TimeSpan.FromSeconds(second);
}
