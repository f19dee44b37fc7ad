using Game.Contracts;
using Game.Contracts.Analytics;
using Game.Contracts.Identity;
using Game.Domain.Analytics.Processors;
using Game.Domain.Analytics.Windows;

namespace Game.Grains.Tests;

/// <summary>A generation is computed again from what the topic keeps: whole, in order, and no delivery gets ahead of it.</summary>
public sealed class RecomputeTests
{
    private const int Players = 12;
    private const int Each = 30;

    private static readonly DateTimeOffset Day = new(DateTimeOffset.UtcNow.UtcDateTime.Date.AddDays(-1), TimeSpan.Zero);

    private readonly KeptActions _kept = new();
    private readonly string[] _players =
        [.. Enumerable.Range(0, Players).Select(_ => EntityId.New("s01", DateTimeOffset.UtcNow).ToString())];

    [Fact]
    public async Task Generation_HoldsWhatTheTopicKeeps_AcrossARestartAndAStoreThatFails()
    {
        WriteAll(Day);
        await using var world = await TestWorld.StartAsync(_kept);
        var random = new Random(7);
        world.Faults("s01").Next = stream =>
        {
            lock (random)
            {
                return !stream.StartsWith("window/", StringComparison.Ordinal) ? Fault.None : random.Next(20) switch
                {
                    0 => Fault.Refused,
                    1 => Fault.AnswerLostAfter,
                    _ => Fault.None,
                };
            }
        };
        Assert.Null((await Recompute(world).BeginAsync(2, Day)).Refusal);
        _kept.LetThrough(allBut: Players * Each / 4);
        await TestWorld.UntilAsync(() => CountedAsync(world, 2), counted => counted > Players * Each / 4);
        world.Faults("s01").Next = _ => Fault.None;
        Assert.Equal(1, (await Generations(world).GetPlanAsync()).Shown);
        await world.RestartAsync();
        _kept.LetThrough();
        await UntilAsync(world, 2, GenerationPhase.Live);
        Assert.Equal(Players * Each, await CountedAsync(world, 2));
        Assert.Equal(await ExpectedAsync(), await UsesAsync(world, 2));
        Assert.Null(await Recompute(world).GetStatusAsync());
        Assert.Equal([1, 2], (await Generations(world).GetPlanAsync()).Live);
    }

    [Fact]
    public async Task Delivery_WaitsUntilWhatComesBeforeItIsFolded()
    {
        WriteAll(Day);
        await using var world = await TestWorld.StartAsync(_kept);
        Assert.Null((await Recompute(world).BeginAsync(2, Day)).Refusal);
        _kept.LetThrough(allBut: 5);
        await UntilAsync(world, 2, GenerationPhase.Joining);
        var bucket = ActionStreams.BucketOf(_players[0]);
        var end = _kept.EndOf(_kept.PartitionOf(bucket));
        Assert.True(await Recompute(world).ReachAsync(2, bucket, 1));
        var behind = ReachAsync(world, 2, bucket, end);
        var ahead = ReachAsync(world, 2, bucket, end + 1);
        Assert.Equal(RefusalCodes.GenerationNotReady, (await Generations(world).HandleAsync(new ShowGeneration("early", 2))).Refusal?.Code);
        Assert.False(behind.IsCompleted);
        _kept.LetThrough();
        Assert.True(await behind);
        await UntilAsync(world, 2, GenerationPhase.Live);

        // From now on deliveries carry it on alone.
        Assert.True(await ahead);
        Assert.True(await Recompute(world).ReachAsync(2, bucket, end + 1));
        Assert.Null((await Generations(world).HandleAsync(new ShowGeneration("now", 2))).Refusal);
        Assert.Equal(2, (await Generations(world).GetPlanAsync()).Shown);
        Assert.Null((await Generations(world).HandleAsync(new RetireGeneration("old", 1, null))).Refusal);
        Assert.False(await Recompute(world).ReachAsync(1, bucket, 1));
        Assert.Equal([2], (await Generations(world).GetPlanAsync()).Live);
    }

    [Fact]
    public async Task Reading_BeginsADayEarlier_AndWhatIsNotKeptIsRefused()
    {
        WriteAll(Day);
        await using var world = await TestWorld.StartAsync(_kept);
        Assert.Null((await Recompute(world).BeginAsync(2, Day)).Refusal);
        Assert.Equal(Day.AddDays(-1), _kept.AskedFor);
        await using var other = await TestWorld.StartAsync(_kept);
        _kept.IsWhole = false;
        var gone = (await Recompute(other).BeginAsync(2, Day)).Refusal;
        Assert.Equal((RefusalCodes.InvalidField, "from"), (gone?.Code, gone?.Field));
        Assert.Equal($"{Day.AddDays(2):yyyy-MM-dd}T00:00:00Z or later: the topic keeps nothing older", gone?.Limit);
        _kept.IsWhole = true;
        Assert.Equal("from", (await Recompute(other).CheckAsync(2, Day.AddMinutes(1)))?.Field);
        Assert.Equal("from", (await Recompute(other).CheckAsync(2, Day.AddDays(3)))?.Field);
        _kept.IsAway = true;
        Assert.Equal(RefusalCodes.HistoryUnavailable, (await Recompute(other).CheckAsync(2, Day))?.Code);
        _kept.IsAway = false;
        Assert.Null(await Recompute(other).CheckAsync(2, Day));
        Assert.Null((await Generations(other).GetAsync()).Computed());
        await using var without = await TestWorld.StartAsync(1);
        Assert.Equal(RefusalCodes.RecomputeUnavailable, (await Recompute(without).BeginAsync(2, Day)).Refusal?.Code);
    }

    [Fact]
    public async Task Generation_ThatLostRecords_IsRetiredWithItsReason_AndOneTakesItsPlace()
    {
        WriteAll(Day);
        _kept.Missing = 3;
        await using var world = await TestWorld.StartAsync(_kept);
        Assert.Null((await Recompute(world).BeginAsync(2, Day)).Refusal);
        _kept.LetThrough();
        await UntilAsync(world, 2, GenerationPhase.Retired);
        Assert.Contains("no longer keeps", (await Generations(world).GetAsync()).Find(2)?.Reason);
        _kept.Missing = 0;
        Assert.Null((await Recompute(world).BeginAsync(3, Day)).Refusal);
        await UntilAsync(world, 3, GenerationPhase.Live);
        Assert.Equal(await ExpectedAsync(), await UsesAsync(world, 3));
    }

    [Fact]
    public async Task Generation_RetiredOnTheWay_IsFoldedNoLonger()
    {
        WriteAll(Day);
        await using var world = await TestWorld.StartAsync(_kept);
        Assert.Null((await Recompute(world).BeginAsync(2, Day)).Refusal);
        Assert.Equal(RefusalCodes.RecomputeRunning, (await Recompute(world).BeginAsync(3, Day)).Refusal?.Code);
        Assert.Null((await Generations(world).HandleAsync(new RetireGeneration("enough", 2, null))).Refusal);
        Assert.False(await Recompute(world).ReachAsync(2, ActionStreams.BucketOf(_players[0]), 1));
        Assert.Null(await Recompute(world).GetStatusAsync());
        Assert.Null((await Recompute(world).BeginAsync(3, Day)).Refusal);
        _kept.LetThrough();
        await UntilAsync(world, 3, GenerationPhase.Live);
        Assert.Equal(0, await CountedAsync(world, 2));
    }

    /// <summary>As a delivery does: one that waited in vain comes again.</summary>
    private static async Task<bool> ReachAsync(TestWorld world, int generation, string bucket, long offset)
    {
        while (true)
        {
            try
            {
                return await Recompute(world).ReachAsync(generation, bucket, offset);
            }
            catch (TimeoutException)
            {
                // Comes again.
            }
        }
    }

    private static IAnalyticsGenerationsGrain Generations(TestWorld world) =>
        world.Grains("s01").GetGrain<IAnalyticsGenerationsGrain>("s01");

    private static IRecomputeGrain Recompute(TestWorld world) => world.Grains("s01").GetGrain<IRecomputeGrain>("s01");

    private static Task<GenerationsView> UntilAsync(TestWorld world, int generation, GenerationPhase phase) =>
        TestWorld.UntilAsync(() => Generations(world).GetAsync(), view => view.Find(generation)?.Phase == phase);

    private static async Task<long> CountedAsync(TestWorld world, int generation) => (await Task.WhenAll(
        Enumerable.Range(0, ActionStreams.Buckets).Select(number => world.Grains("s01")
            .GetGrain<IActionBucketGrain>($"{generation}.{ActionStreams.BucketOf("s01", number)}").GetStatusAsync())))
        .Sum(status => status.Counters.Counted);

    private static async Task<Dictionary<(long, string), long>> UsesAsync(TestWorld world, int generation)
    {
        var panes = new PaneSet();
        for (var hour = Day; hour < Day.AddHours(2); hour = hour.AddHours(1))
        {
            panes.Merge(await world.Grains("s01").GetGrain<IWindowGrain>(
                WindowKey.Of(generation, "balance", Resolution.Minute, Resolutions.MinuteOf(hour)).ToString()).ReadAsync(hour, hour.AddHours(1)));
        }

        return panes.Panes.SelectMany(pane => pane.Value.Metrics.Where(metric => metric.Key.Name == BalanceProcessor.SkillUses)
            .Select(metric => (Key: (pane.Key, metric.Key.Dimension), ((Counter)metric.Value).Value))).ToDictionary(use => use.Key, use => use.Value);
    }

    private Task<Dictionary<(long, string), long>> ExpectedAsync() => Task.FromResult(
        _players.SelectMany(player => ActionsOf(player, Day)).GroupBy(action => (Resolutions.MinuteOf(action.At), action.Skill!))
            .ToDictionary(group => group.Key, group => group.LongCount()));

    private void WriteAll(DateTimeOffset day) => _kept.Write(
        Enumerable.Range(0, Each).SelectMany(i => _players.Select(player => ActionsOf(player, day).ElementAt(i))));

    private static IEnumerable<PlayerAction> ActionsOf(string player, DateTimeOffset day) => Enumerable.Range(0, Each).Select(i => new PlayerAction(
        $"key-{i / 10}/{i % 10}", player, "s01", ActionKind.SkillUsed, day.AddMinutes(2 * i), Skill: $"skill-{i % 3}", Amount: i));
}
