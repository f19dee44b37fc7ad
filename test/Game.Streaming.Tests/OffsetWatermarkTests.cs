using Game.Streaming.Kafka;

namespace Game.Streaming.Tests;

public sealed class OffsetWatermarkTests
{
    [Fact]
    public void Position_IsUnknown_UntilTheFirstRecordIsCompleted()
    {
        var watermark = new OffsetWatermark();
        var first = watermark.Add(10);
        var second = watermark.Add(11);
        Assert.Null(watermark.Position);

        watermark.Complete(second);
        Assert.Null(watermark.Position);

        watermark.Complete(first);
        Assert.Equal(12, watermark.Position);
        Assert.Equal(0, watermark.InFlight);
    }

    [Fact]
    public void HolesInTheOffsets_DoNotHoldThePositionUp()
    {
        var watermark = new OffsetWatermark();
        var tickets = new long[] { 3, 4, 9, 100 }.Select(watermark.Add).ToList();
        tickets.ForEach(watermark.Complete);
        Assert.Equal(101, watermark.Position);
    }

    [Fact]
    public void CompletingTwice_ChangesNothing()
    {
        var watermark = new OffsetWatermark();
        var first = watermark.Add(0);
        watermark.Add(1);
        watermark.Complete(first);
        watermark.Complete(first);
        Assert.Equal((1, 1), (watermark.Position, watermark.InFlight));
    }

    [Fact]
    public void OffsetThatFalls_BeginsAnew_AndWhatWasUnderWayNoLongerCounts()
    {
        var watermark = new OffsetWatermark();
        var old = watermark.Add(500);
        var fresh = watermark.Add(0);
        Assert.Equal(1, watermark.InFlight);

        watermark.Complete(old);
        Assert.Null(watermark.Position);

        watermark.Complete(fresh);
        Assert.Equal(1, watermark.Position);
    }

    /// <summary>Random histories against the definition: the longest prefix of what was added that is completed.</summary>
    [Fact]
    public void Position_IsAlwaysTheEndOfTheLongestCompletedPrefix()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var watermark = new OffsetWatermark();
            var added = new List<(long Ticket, long Offset)>();
            var done = new HashSet<long>();
            var offset = random.Next(5);
            for (var step = 0; step < 600; step++)
            {
                if (random.Next(100) < 55)
                {
                    offset += 1 + (random.Next(10) == 0 ? random.Next(50) : 0);
                    added.Add((watermark.Add(offset), offset));
                }
                else if (added.Count > 0)
                {
                    // Mostly old ones, so that the prefix moves.
                    var ticket = added[Math.Min(added.Count - 1, done.Count + random.Next(8))].Ticket;
                    done.Add(ticket);
                    watermark.Complete(ticket);
                }

                var prefix = added.TakeWhile(entry => done.Contains(entry.Ticket)).ToList();
                long? expected = prefix.Count == 0 ? null : prefix[^1].Offset + 1;
                Assert.True(
                    expected == watermark.Position && added.Count - prefix.Count == watermark.InFlight,
                    $"seed {seed}, round {round}, step {step}: {watermark.Position} for {expected}");
            }
        }
    }
}
