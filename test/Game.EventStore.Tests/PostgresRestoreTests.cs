using System.Text;
using Game.EventStore.Postgres;

namespace Game.EventStore.Tests;

/// <summary>What a database needs after it was restored to an earlier moment.</summary>
public sealed class PostgresRestoreTests(PostgresFixture fixture)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SkippedPositions_AreNeverGiven_AndNoDamage()
    {
        var database = await NewAsync();
        await using var store = await PostgresEventStore.OpenAsync(database, Cancelled);
        await AppendAsync(store, 0, Start);

        // Twice is once, as long as nothing was appended.
        await PostgresRestore.SkipPositionsAsync(database, Cancelled);
        await PostgresRestore.SkipPositionsAsync(database, Cancelled);
        Assert.Equal(1, await store.GetHeadAsync(Cancelled));
        Assert.Empty(await store.CheckAsync(Cancelled));

        await AppendAsync(store, 1, Start);
        await AppendAsync(store, 2, Start);
        Assert.Equal(
            [1, PostgresRestore.SkippedPositions + 2, PostgresRestore.SkippedPositions + 3],
            (await store.ReadAllAsync(0, 10, Cancelled)).Select(stored => stored.Position));
        Assert.Empty(await store.CheckAsync(Cancelled));

        await PostgresRestore.SkipPositionsAsync(database, Cancelled);
        await AppendAsync(store, 3, Start);
        Assert.Equal((2 * PostgresRestore.SkippedPositions) + 4, await store.GetHeadAsync(Cancelled));
        Assert.Empty(await store.CheckAsync(Cancelled));
    }

    [Fact]
    public async Task Cursors_AreMovedBackByTime_NeverForward_AndOnlyThoseMeant()
    {
        var database = await NewAsync();
        await using (var store = await PostgresEventStore.OpenAsync(database, Cancelled))
        {
            for (var hour = 0; hour < 10; hour++)
            {
                await AppendAsync(store, hour, Start.AddHours(hour));
            }

            await store.WriteCursorAsync("broadcast/a", 10, Cancelled);
            await store.WriteCursorAsync("broadcast/b", 2, Cancelled);
            await store.WriteCursorAsync("other", 10, Cancelled);
        }

        // The last event is of hour 9, position 10: three hours before it is hour 6, position 7.
        Assert.Equal(6, await PostgresRestore.RewindCursorsAsync(database, "broadcast/", TimeSpan.FromHours(3), Cancelled));
        await using var again = await PostgresEventStore.OpenAsync(database, Cancelled);
        Assert.Equal(6, await again.ReadCursorAsync("broadcast/a", Cancelled));
        Assert.Equal(2, await again.ReadCursorAsync("broadcast/b", Cancelled));
        Assert.Equal(10, await again.ReadCursorAsync("other", Cancelled));
        Assert.Equal(0, await PostgresRestore.RewindCursorsAsync(database, "broadcast/", TimeSpan.FromHours(24), Cancelled));
    }

    private static async Task AppendAsync(PostgresEventStore store, long expected, DateTimeOffset at) =>
        Assert.Equal(
            AppendStatus.Appended,
            (await store.AppendAsync(
                "test/a", expected, [new Commit($"c{expected}", "", at, [new EventData("test.happened", 1, Encoding.UTF8.GetBytes("{}"))])], Cancelled)).Status);

    private async Task<string> NewAsync()
    {
        var database = await (await fixture.GetAsync()).CreateDatabaseAsync(Cancelled);
        await PostgresSchema.MigrateAsync(database, Cancelled);
        return database;
    }
}
