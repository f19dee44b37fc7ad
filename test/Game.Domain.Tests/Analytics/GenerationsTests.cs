using Game.Contracts;
using Game.Contracts.Analytics;
using Game.Domain.Analytics.Generations;
using Game.Domain.Analytics.Windows;

namespace Game.Domain.Tests.Analytics;

/// <summary>Which generations there are, and which of their windows are shown.</summary>
public sealed class GenerationsTests
{
    private static readonly DateTimeOffset Day = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Now = Day.AddDays(9).AddHours(5);

    private AnalyticsGenerations _state = AnalyticsGenerations.Initial("s01");

    [Fact]
    public void Generation_GoesThroughItsPhases_AndIsShownWhenItIsComplete()
    {
        Assert.Null(Do(new BeginRecompute("begin", 2, Day, [new PartitionPlace(5, 40), new PartitionPlace(4, 30)])));
        Assert.Equal([new PartitionPlace(4, 30), new PartitionPlace(5, 40)], _state.Places);
        Assert.Equal("shown 1, live 1, joining ", Plan());
        Assert.Equal(RefusalCodes.GenerationNotReady, Do(new ShowGeneration("a", 2)));
        Assert.Equal(RefusalCodes.GenerationNotReady, Do(new FinishRecompute("b", 2)));

        // Never back: of two that say so the furthest holds.
        Assert.Null(Do(new MoveRecompute("c", 2, [new PartitionPlace(4, 50), new PartitionPlace(5, 39)])));
        Assert.Equal([new PartitionPlace(4, 50), new PartitionPlace(5, 40)], _state.Places);
        Assert.Null(Do(new JoinRecompute("d", 2)));
        Assert.Equal("shown 1, live 1, joining 2", Plan());
        Assert.Null(Do(new JoinRecompute("e", 2)));
        Assert.Equal(RefusalCodes.GenerationNotReady, Do(new ShowGeneration("f", 2)));
        Assert.Null(Do(new FinishRecompute("g", 2)));
        Assert.Equal("shown 1, live 1 2, joining ", Plan());
        Assert.Empty(_state.Places);
        Assert.Equal(RefusalCodes.GenerationShown, Do(new RetireGeneration("h", 1, null)));
        Assert.Null(Do(new ShowGeneration("i", 2)));
        Assert.Null(Do(new ShowGeneration("j", 1)));
        Assert.Null(Do(new ShowGeneration("k", 2)));
        Assert.Null(Do(new RetireGeneration("l", 1, null)));
        Assert.Equal("shown 2, live 2, joining ", Plan());
        Assert.Equal(RefusalCodes.GenerationRetired, Do(new ShowGeneration("m", 1)));
        Assert.Equal(RefusalCodes.GenerationUnknown, Do(new ShowGeneration("n", 3)));
        Assert.Equal(RefusalCodes.GenerationUnknown, Do(new RetireGeneration("o", 3, null)));
    }

    [Fact]
    public void ShardThatStreamedInMemory_BeginsAGeneration_WhenItIsGivenKafka()
    {
        Assert.Null(Do(new BeginRecompute("a", 2, Day, [new PartitionPlace(4, 30)])));
        Assert.Null(Do(new LeaveMemory("b", 1)));
        Assert.Null(Do(new LeaveMemory("c", 1)));
        Assert.Equal("shown 3, live 3, joining ", Plan());
        Assert.Empty(_state.Places);
        Assert.Equal(
            [new GenerationSpan(3, Resolutions.MinuteOf(Day.AddDays(9)), long.MaxValue), new GenerationSpan(1, long.MinValue, Resolutions.MinuteOf(Day.AddDays(9)))],
            GenerationSpans.Of(_state.ToView(), 3));
        Assert.Null(Do(new LeaveMemory("d", 3)));
        Assert.Equal("shown 4, live 4, joining ", Plan());
    }

    [Fact]
    public void Recomputation_IsRefused_WhereItCannotBe()
    {
        IReadOnlyList<PartitionPlace> places = [new PartitionPlace(0, 0)];
        Assert.Equal("from", Ask(new BeginRecompute("a", 2, Day.AddMinutes(1), places))?.Field);
        Assert.Equal("from", Ask(new BeginRecompute("b", 2, new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.FromHours(1)), places))?.Field);
        Assert.Equal("from", Ask(new BeginRecompute("c", 2, Day.AddDays(10), places))?.Field);
        Assert.Equal(("generation", "2 to 1000000"), Ask(new BeginRecompute("d", 1, Day, places)) is { } taken ? (taken.Field, taken.Limit) : default);
        Assert.Null(Do(new BeginRecompute("e", 2, Day, places)));
        Assert.Null(Do(new BeginRecompute("f", 2, Day, places)));
        Assert.Equal(RefusalCodes.RecomputeRunning, Do(new BeginRecompute("g", 3, Day.AddDays(1), places)));
        Assert.Null(Do(new RetireGeneration("h", 2, "lost")));
        Assert.Equal("lost", _state.ToView().Find(2)?.Reason);
        Assert.Equal(RefusalCodes.GenerationNotReady, Do(new JoinRecompute("i", 2)));
        Assert.Null(Do(new MoveRecompute("j", 2, places)));
        Complete(3, Day);
        Complete(4, Day);
        Assert.Equal(RefusalCodes.TooManyGenerations, Do(new BeginRecompute("k", 5, Day, places)));
        Assert.Null(Do(new RetireGeneration("l", 3, null)));
        Assert.Null(Do(new BeginRecompute("m", 5, Day, places)));
    }

    [Fact]
    public void Windows_AreThoseOfTheBase_BeforeAGenerationsTime()
    {
        Complete(2, Day.AddDays(5));
        Do(new ShowGeneration("two", 2));
        Complete(3, Day.AddDays(8));
        Do(new ShowGeneration("three", 3));
        Do(new RetireGeneration("one", 1, null));
        Assert.Equal(
            [new(3, Minute(8), long.MaxValue), new(2, Minute(5), Minute(8)), new(1, long.MinValue, Minute(5))],
            GenerationSpans.Of(_state.ToView(), 3));
        Assert.Equal([new GenerationSpan(1, long.MinValue, long.MaxValue)], GenerationSpans.Of(_state.ToView(), 1));

        // From further back than its base: nothing of the base is left but what lies before both.
        Complete(4, Day.AddDays(2));
        Assert.Equal(
            [new(4, Minute(2), long.MaxValue), new(1, long.MinValue, Minute(2))], GenerationSpans.Of(_state.ToView(), 4));
        Assert.Equal([new GenerationSpan(9, long.MinValue, long.MaxValue)], GenerationSpans.Of(_state.ToView(), 9));
    }

    private static long Minute(int day) => Resolutions.MinuteOf(Day.AddDays(day));

    private void Complete(int generation, DateTimeOffset from)
    {
        Assert.Null(Do(new BeginRecompute($"begin-{generation}", generation, from, [new PartitionPlace(0, 0)])));
        Assert.Null(Do(new JoinRecompute($"join-{generation}", generation)));
        Assert.Null(Do(new FinishRecompute($"finish-{generation}", generation)));
    }

    private string Plan()
    {
        var plan = _state.ToPlan();
        return $"shown {plan.Shown}, live {string.Join(' ', plan.Live)}, joining {plan.Joining}";
    }

    private Refusal? Ask(GenerationsCommand command) => _state.Decide(command, Now).Refusal;

    private string? Do(GenerationsCommand command)
    {
        var decision = _state.Decide(command, Now);
        foreach (var fact in decision.Events)
        {
            _state = _state.Apply(fact);
        }

        return decision.Refusal?.Code;
    }
}
