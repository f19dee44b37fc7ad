using Xunit;

namespace Game.GrainModel.Conformance.Streams;

/// <summary>What becomes of an event that no longer may be tried again. Runs on the real clock.</summary>
public abstract class SkipSuite : GrainModelSuite
{
    protected override GrainModelSettings Settings => new() { MaxEventDeliveryTime = TimeSpan.FromSeconds(2) };

    [Fact]
    public async Task EventThatFailsTooLong_IsSkipped_AndTheObserverIsTold()
    {
        var stream = Host.Streams.GetStream<News>(StreamId.Create(StreamNames.Items, Key()));
        Failures.Plan(Key(), int.MaxValue);
        await stream.OnNextAsync(new News(1));
        await JournalOf().WaitForAsync("error");
        Failures.Plan(Key(), 0);
        await stream.OnNextAsync(new News(2));
        await JournalOf().WaitForAsync("2");
        Assert.DoesNotContain("1", JournalOf().Entries);
    }
}
