using Xunit;

namespace Game.EventStore.Suite;

/// <summary>Streams in pieces, at a version or an instant, and the global order.</summary>
public abstract class ReadSuite : EventStoreSuite
{
    [Fact]
    public async Task Nothing_ReadsAsNothing()
    {
        Assert.Empty(await ReadAsync("a"));
        Assert.Empty(await Store.ReadAllAsync(0, 10, Cancelled));
        Assert.Equal(0, await Store.GetHeadAsync(Cancelled));
        Assert.Equal(0, await Store.FindVersionAsync("a", DateTimeOffset.MaxValue, Cancelled));
        Assert.Null(await Store.FindCommandAsync("a", "c", Cancelled));
    }

    [Theory]
    [InlineData(1, 5, "1,2,3,4,5")]
    [InlineData(1, long.MaxValue, "1,2,3,4,5")]
    [InlineData(0, 2, "1,2")]
    [InlineData(-7, 2, "1,2")]
    [InlineData(3, 3, "3")]
    [InlineData(4, 99, "4,5")]
    [InlineData(6, 99, "")]
    [InlineData(long.MaxValue, long.MaxValue, "")]
    [InlineData(4, 3, "")]
    public async Task Read_GivesTheVersionsAskedFor_BothEndsIncluded(long from, long until, string expected)
    {
        await AppendAsync("a", 0, Command("c", "1", "2", "3", "4", "5"));

        Assert.Equal(expected, string.Join(',', await BodiesAsync("a", from, until)));
    }

    [Fact]
    public async Task Read_OfALongStream_IsComplete()
    {
        const int Events = 3456;
        await AppendAsync("a", 0, Command("c", [.. Enumerable.Range(1, Events).Select(i => $"{i}")]));
        await AppendAsync("b", 0, Command("c", "other"));

        Assert.Equal(Enumerable.Range(1, Events).Select(i => $"{i}"), await BodiesAsync("a"));
        Assert.Equal(Enumerable.Range(1000, 2001).Select(i => $"{i}"), await BodiesAsync("a", 1000, 3000));
    }

    [Fact]
    public async Task ReadLog_GivesEventsInTheGlobalOrder_WithTheCommandsThatAppendedThem()
    {
        await AppendAsync("a", 0, Command("c", "1", "2"), Command("d", "3"));
        await AppendAsync("b", 0, Command("c", "4"));
        await AppendAsync("a", 3, Command("e", "5", "6"));

        var all = await Store.ReadLogAsync(0, 10, Cancelled);
        Assert.Equal(
            ["1 a/1 c 1-2", "2 a/2 c 1-2", "3 a/3 d 3-3", "4 b/1 c 1-1", "5 a/4 e 4-5", "6 a/5 e 4-5"],
            all.Select(logged => $"{logged.Event.Position} {logged.Event.Stream}/{logged.Event.Version} "
                + $"{logged.Command.CommandId} {logged.Command.FirstVersion}-{logged.Command.LastVersion}"));
        Assert.All(all, logged => Assert.Equal($"print of {logged.Event.CommandId}", logged.Command.Fingerprint));
        Assert.Equal((await Store.ReadAllAsync(1, 3, Cancelled)).Select(Body), (await Store.ReadLogAsync(1, 3, Cancelled)).Select(logged => Body(logged.Event)));
    }

    [Fact]
    public async Task Read_StopsWhenCancelled()
    {
        await AppendAsync("a", 0, Command("c", [.. Enumerable.Range(1, 2500).Select(i => $"{i}")]));
        using var cancelled = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var stored in Store.ReadAsync("a", cancellationToken: cancelled.Token))
            {
                await cancelled.CancelAsync();
            }
        });
    }

    [Fact]
    public async Task GlobalOrder_IsTheOrderOfAppends_AndPagesWithoutGapOrOverlap()
    {
        for (var i = 0; i < 20; i++)
        {
            await AppendAsync($"s{i % 3}", i / 3 * 2, Command($"c{i}", $"{i}", $"{i}'"));
        }

        var expected = Enumerable.Range(0, 20).SelectMany(i => new[] { $"{i}", $"{i}'" });
        foreach (var limit in new[] { 1, 3, 39, 40, 41, int.MaxValue })
        {
            var seen = new List<StoredEvent>();
            while (await Store.ReadAllAsync(seen.Count == 0 ? 0 : seen[^1].Position, limit, Cancelled) is { Count: > 0 } page)
            {
                Assert.True(page.Count <= limit);
                seen.AddRange(page);
            }

            Assert.Equal(expected, seen.Select(Body));
            Assert.Equal(seen.Select(stored => stored.Position).Distinct().Order(), seen.Select(stored => stored.Position));
            Assert.Equal(seen[^1].Position, await Store.GetHeadAsync(Cancelled));
        }
    }

    [Fact]
    public async Task GlobalOrder_AfterTheHead_IsEmpty_AndBeforeTheStart_IsEverything()
    {
        await AppendAsync("a", 0, Command("c", "x", "y"));

        Assert.Empty(await Store.ReadAllAsync(2, 10, Cancelled));
        Assert.Empty(await Store.ReadAllAsync(long.MaxValue, 10, Cancelled));
        Assert.Equal(2, (await Store.ReadAllAsync(-5, 10, Cancelled)).Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task GlobalOrder_WithALimitBelowOne_IsRefused(int limit) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Store.ReadAllAsync(0, limit, Cancelled));

    [Fact]
    public async Task RefusedAppends_LeaveNoMarkInTheGlobalOrder()
    {
        await AppendAsync("a", 0, Command("c1", "x"));
        await AppendAsync("a", 0, Command("c2", "stale"));
        await AppendAsync("a", 1, Command("c1", "again"));
        var result = await AppendAsync("a", 1, Command("c3", "y"));

        var all = await Store.ReadAllAsync(0, 10, Cancelled);
        Assert.Equal(["x", "y"], all.Select(Body));
        Assert.Equal(all[^1].Position, result.Position);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, 2)]
    [InlineData(59, 2)]
    [InlineData(60, 3)]
    [InlineData(119, 3)]
    [InlineData(120, 5)]
    [InlineData(int.MaxValue, 5)]
    public async Task FindVersion_IsTheLastOneStoredAtOrBeforeTheInstant(int seconds, long version)
    {
        await AppendAsync("a", 0, CommandAt("c1", Noon, "1", "2"));
        await AppendAsync("b", 0, CommandAt("c1", Noon.AddSeconds(30), "other"));
        await AppendAsync("a", 2, CommandAt("c2", Noon.AddSeconds(60), "3"));
        await AppendAsync("a", 3, CommandAt("c3", Noon.AddSeconds(120), "4", "5"));

        Assert.Equal(version, await Store.FindVersionAsync("a", Noon.AddSeconds(seconds), Cancelled));
        Assert.Equal(version, await Store.FindVersionAsync("a", Noon.AddSeconds(seconds).ToOffset(TimeSpan.FromHours(-7)), Cancelled));
    }

    /// <summary>Two silos' clocks may differ: the version counts, not the first instant that is too late.</summary>
    [Fact]
    public async Task FindVersion_WhenAClockWentBack_IsStillTheLastVersionAtOrBeforeTheInstant()
    {
        await AppendAsync("a", 0, CommandAt("c1", Noon.AddSeconds(10), "1"));
        await AppendAsync("a", 1, CommandAt("c2", Noon, "2"));

        Assert.Equal(2, await Store.FindVersionAsync("a", Noon.AddSeconds(5), Cancelled));
    }
}
