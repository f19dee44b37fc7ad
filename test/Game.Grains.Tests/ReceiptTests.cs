using Game.Contracts.Analytics;
using Game.Contracts.Identity;
using Game.Contracts.Purchases;
using Game.Domain.Analytics.Processors;
using Game.Domain.Analytics.Windows;

namespace Game.Grains.Tests;

/// <summary>Money is told to the stream until the receipt has it in writing, and counts once all the same.</summary>
public sealed class ReceiptTests
{
    [Fact]
    public async Task Revenue_ToldAgainAfterALostConfirmation_CountsOnce()
    {
        await using var world = await TestWorld.StartAsync(1);
        var player = EntityId.New("s01", DateTimeOffset.UtcNow).ToString();
        var id = $"signed:{new string('b', 64)}";
        var now = DateTimeOffset.UtcNow;
        var appends = 0;
        world.Faults("s01").Next = stream =>
            stream.StartsWith("receipt/", StringComparison.Ordinal) && Interlocked.Increment(ref appends) > 1 ? Fault.Refused : Fault.None;

        var recorded = await world.Grains("s01").GetGrain<IReceiptGrain>(id).HandleAsync(
            new RecordPurchase("c", player, PurchaseKind.SubscriptionStart, "gold-pass", 999, "USD", now));
        Assert.Null(recorded.Refusal);
        await TestWorld.UntilAsync(() => StatusAsync(world, player), status => status.Counters.Counted == 1 && Volatile.Read(ref appends) > 1);

        // Who reads it makes it active, and it goes on.
        await world.RestartAsync();
        Assert.Equal(999, (await world.Grains("s01").GetGrain<IReceiptGrain>(id).GetAsync())?.Amount);
        var told = await TestWorld.UntilAsync(() => StatusAsync(world, player), status => status.Counters.Repeated > 0);

        Assert.Equal(1, told.Counters.Counted);
        var panes = new PaneSet();
        panes.Merge(await world.Grains("s01").GetGrain<IWindowGrain>(
            WindowKey.Of(1, "revenue", Resolution.Day, Resolutions.MinuteOf(now)).ToString()).ReadAsync(now.AddDays(-2), now.AddDays(2)));
        Assert.Equal(999, ((Counter)Assert.Single(panes.Panes).Value.Metrics[new(RevenueProcessor.Gross, "USD")]).Value);
    }

    private static Task<BucketStatus> StatusAsync(TestWorld world, string player) =>
        world.Grains("s01").GetGrain<IActionStreamGrain>(ActionStreams.BucketOf(player)).GetStatusAsync();
}
