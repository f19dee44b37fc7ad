using System.Text;
using Xunit;

namespace Game.EventStore.Suite;

public abstract class SnapshotSuite : EventStoreSuite
{
    [Fact]
    public async Task WithoutSnapshots_ThereIsNone()
    {
        await AppendAsync("a", 0, Command("c", "x"));

        Assert.Null(await Store.ReadSnapshotAsync("a", cancellationToken: Cancelled));
    }

    [Fact]
    public async Task Snapshot_KeepsEveryField()
    {
        var at = Noon.AddTicks(7);
        await Store.WriteSnapshotAsync(new Snapshot("a", 41, "json/3", at, "state"u8.ToArray()), Cancelled);

        var snapshot = await Store.ReadSnapshotAsync("a", cancellationToken: Cancelled);
        Assert.NotNull(snapshot);
        Assert.Equal(("a", 41, "json/3", at, "state"), (snapshot.Stream, snapshot.Version, snapshot.Format, snapshot.At, Body(snapshot)));
    }

    [Theory]
    [InlineData(9, "none")]
    [InlineData(10, "10")]
    [InlineData(19, "10")]
    [InlineData(20, "20")]
    [InlineData(long.MaxValue, "30")]
    public async Task Snapshot_IsTheNewestAtOrBelowTheVersion(long until, string expected)
    {
        // The order they are written in does not matter.
        await WriteAsync("a", 30);
        await WriteAsync("a", 10);
        await WriteAsync("a", 20);
        await WriteAsync("b", 15);

        Assert.Equal(expected, Body(await Store.ReadSnapshotAsync("a", until, Cancelled)));
    }

    [Fact]
    public async Task Snapshots_BeyondTheNewestFew_AreDropped()
    {
        for (var version = 1; version <= Snapshot.Kept + 2; version++)
        {
            await WriteAsync("a", version);
        }

        Assert.Null(await Store.ReadSnapshotAsync("a", 2, Cancelled));
        Assert.Equal("3", Body(await Store.ReadSnapshotAsync("a", 3, Cancelled)));
    }

    [Fact]
    public async Task Snapshot_OfTheSameVersion_IsReplaced()
    {
        await WriteAsync("a", 5, "old");
        await WriteAsync("a", 5, "new");

        Assert.Equal("new", Body(await Store.ReadSnapshotAsync("a", cancellationToken: Cancelled)));
    }

    [Fact]
    public async Task Snapshot_WithoutNameFormatOrVersion_IsRefused()
    {
        foreach (var bad in new[] { new Snapshot("", 1, "f", Noon, default), new("a", 1, "", Noon, default), new("a", 0, "f", Noon, default) })
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.WriteSnapshotAsync(bad, Cancelled));
        }

        Assert.Null(await Store.ReadSnapshotAsync("a", cancellationToken: Cancelled));
    }

    [Fact]
    public async Task Snapshots_AreNoEvents()
    {
        await WriteAsync("a", 5);

        Assert.Equal(0, await Store.GetHeadAsync(Cancelled));
        Assert.Equal(AppendResult.Appended(1, 1), await AppendAsync("a", 0, Command("c", "x")));
    }

    private async Task WriteAsync(string stream, long version, string? body = null) => await Store.WriteSnapshotAsync(
        new Snapshot(stream, version, "f", Noon, Encoding.UTF8.GetBytes(body ?? $"{version}")), Cancelled);
}
