using Xunit;

namespace Game.EventStore.Suite;

/// <summary>What was answered is there after the store was closed and opened again.</summary>
public abstract class DurabilitySuite : EventStoreSuite
{
    [Fact]
    public async Task Everything_SurvivesReopening()
    {
        await AppendAsync("a", 0, Command("c1", "1", "2"), Command("c2", "3"));
        await AppendAsync("b", 0, Command("c1", "4"));
        await Store.WriteSnapshotAsync(new Snapshot("a", 3, "f", Noon, "state"u8.ToArray()), Cancelled);
        await Store.WriteCursorAsync("cursor", 3, Cancelled);
        var before = (await Store.ReadAllAsync(0, 100, Cancelled)).Select(Describe).ToList();

        await ReopenAsync();

        Assert.Equal(before, (await Store.ReadAllAsync(0, 100, Cancelled)).Select(Describe));
        Assert.Equal(4, await Store.GetHeadAsync(Cancelled));
        Assert.Equal("state", Body(await Store.ReadSnapshotAsync("a", cancellationToken: Cancelled)));
        Assert.Equal(3, await Store.ReadCursorAsync("cursor", Cancelled));
        Assert.Equal(new CommandRecord("c2", "print of c2", 3, 3), await Store.FindCommandAsync("a", "c2", Cancelled));
    }

    [Fact]
    public async Task AfterReopening_VersionsPositionsAndCommandIdsGoOn()
    {
        await AppendAsync("a", 0, Command("c1", "1", "2"));
        await ReopenAsync();

        Assert.Equal(AppendStatus.Duplicate, (await AppendAsync("a", 2, Command("c1", "again"))).Status);
        Assert.Equal(AppendResult.Conflict(2), await AppendAsync("a", 0, Command("c2", "stale")));
        Assert.Equal(AppendResult.Appended(3, 3), await AppendAsync("a", 2, Command("c3", "3")));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () =>
        {
            await Store.WriteCursorAsync("cursor", 8, Cancelled);
            await ReopenAsync();
            await Store.WriteCursorAsync("cursor", 7, Cancelled);
        });
    }

    [Fact]
    public async Task Closing_FinishesWhatIsUnderWay()
    {
        var appends = Enumerable.Range(0, 200).Select(i => AppendAsync($"s{i}", 0, Command("c", $"{i}")).AsTask()).ToList();
        await ReopenAsync();

        Assert.All(await Task.WhenAll(appends), result => Assert.Equal(AppendStatus.Appended, result.Status));
        for (var i = 0; i < appends.Count; i++)
        {
            Assert.Equal([$"{i}"], await BodiesAsync($"s{i}"));
        }
    }

    private static string Describe(StoredEvent stored) =>
        $"{stored.Position} {stored.Stream} {stored.Version} {stored.CommandId} {stored.At:O} {stored.Type} {stored.SchemaVersion} {Body(stored)}";
}
