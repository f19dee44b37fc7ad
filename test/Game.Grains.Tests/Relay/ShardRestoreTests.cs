using Game.EventStore;
using Game.EventStore.InMemory;
using Game.Grains.Relay;

namespace Game.Grains.Tests.Relay;

public sealed class ShardRestoreTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_random_log_is_restored_with_positions_versions_and_commands()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        await using var source = new InMemoryEventStore();
        var versions = new Dictionary<string, long>();
        for (var i = 0; i < 500; i++)
        {
            var stream = $"player/{random.Next(20)}";
            Commit[] commits = [.. Enumerable.Range(0, random.Next(1, 4)).Select(n => Commit($"c{i}-{n}", random.Next(1, 4)))];
            versions[stream] = (await source.AppendAsync(stream, versions.GetValueOrDefault(stream), commits, Cancelled)).Version;
        }

        await using var target = new InMemoryEventStore();
        var restore = await ShardRestore.BeginAsync("s01", target, Cancelled);
        foreach (var logged in await LogOf(source))
        {
            await restore.AddAsync(logged, Cancelled);
        }

        await restore.CompleteAsync("cursor", Cancelled);

        var (expected, actual) = (await LogOf(source), await LogOf(target));
        Assert.True(expected.SequenceEqual(actual), $"seed {seed}");
        Assert.Equal(expected.Count, restore.Restored);
        Assert.Equal(0, restore.LeftOut);
        Assert.Equal(expected.Count, await target.ReadCursorAsync("cursor", Cancelled));
        Assert.Equal(await source.FindCommandAsync("player/3", "c1-0", Cancelled), await target.FindCommandAsync("player/3", "c1-0", Cancelled));
    }

    [Fact]
    public async Task A_command_that_is_cut_at_the_end_is_left_out()
    {
        await using var source = new InMemoryEventStore();
        await source.AppendAsync("player/1", 0, [Commit("a", 2)], Cancelled);
        await source.AppendAsync("player/2", 0, [Commit("b", 3)], Cancelled);
        await using var target = new InMemoryEventStore();
        var restore = await ShardRestore.BeginAsync("s01", target, Cancelled);
        foreach (var logged in (await LogOf(source)).SkipLast(1))
        {
            await restore.AddAsync(logged, Cancelled);
        }

        await restore.CompleteAsync("cursor", Cancelled);

        Assert.Equal((2, 2), (restore.Restored, restore.LeftOut));
        Assert.Equal(2, await target.GetHeadAsync(Cancelled));
    }

    [Fact]
    public async Task A_gap_and_a_store_that_is_not_empty_are_refused()
    {
        await using var source = new InMemoryEventStore();
        await source.AppendAsync("player/1", 0, [Commit("a", 1), Commit("b", 1), Commit("c", 1)], Cancelled);
        var log = await LogOf(source);
        await using var target = new InMemoryEventStore();
        var restore = await ShardRestore.BeginAsync("s01", target, Cancelled);
        await restore.AddAsync(log[0], Cancelled);

        var gap = await Assert.ThrowsAsync<PublishedLogException>(() => restore.AddAsync(log[2], Cancelled));
        Assert.Contains("position 3 came where 2 was expected", gap.Message);
        var full = await Assert.ThrowsAsync<PublishedLogException>(() => ShardRestore.BeginAsync("s01", source, Cancelled));
        Assert.Contains("only an empty one is restored", full.Message);
    }

    private static Commit Commit(string id, int events) =>
        new(id, $"print of {id}", At, [.. Enumerable.Range(0, events).Select(i => new EventData("test.happened", 1, new byte[] { (byte)('0' + i) }))]);

    private static async Task<List<LoggedEvent>> LogOf(IEventStore store)
    {
        // Bodies are compared by reference, which an in-memory store keeps.
        var log = new List<LoggedEvent>();
        while (await store.ReadLogAsync(log.Count, 100, Cancelled) is { Count: > 0 } page)
        {
            log.AddRange(page);
        }

        return log;
    }
}
