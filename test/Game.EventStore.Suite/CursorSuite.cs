using Xunit;

namespace Game.EventStore.Suite;

public abstract class CursorSuite : EventStoreSuite
{
    [Fact]
    public async Task Cursor_NeverWritten_IsZero() => Assert.Equal(0, await Store.ReadCursorAsync("c", Cancelled));

    [Fact]
    public async Task Cursors_MoveOn_EachByItself()
    {
        await Store.WriteCursorAsync("c", 5, Cancelled);
        await Store.WriteCursorAsync("d", 2, Cancelled);
        await Store.WriteCursorAsync("c", 9, Cancelled);
        await Store.WriteCursorAsync("c", 9, Cancelled);

        Assert.Equal(9, await Store.ReadCursorAsync("c", Cancelled));
        Assert.Equal(2, await Store.ReadCursorAsync("d", Cancelled));
    }

    [Fact]
    public async Task Cursor_GoingBack_IsRefused_AndStays()
    {
        await Store.WriteCursorAsync("c", 5, Cancelled);

        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.WriteCursorAsync("c", 4, Cancelled));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.WriteCursorAsync("new", -1, Cancelled));
        Assert.Equal(5, await Store.ReadCursorAsync("c", Cancelled));
        Assert.Equal(0, await Store.ReadCursorAsync("new", Cancelled));
    }

    /// <summary>Refusals share transactions with others, who are not concerned.</summary>
    [Fact]
    public async Task ConcurrentCursors_OnlyTheBackwardOnesFail()
    {
        await Store.WriteCursorAsync("stuck", 100, Cancelled);
        var tasks = Enumerable.Range(1, 64).Select(async i =>
        {
            var forward = Store.WriteCursorAsync($"c{i}", i, Cancelled);
            var append = AppendAsync($"s{i}", 0, Command("c", "x"));
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.WriteCursorAsync("stuck", i, Cancelled));
            await forward;
            Assert.Equal(AppendStatus.Appended, (await append).Status);
        });
        await Task.WhenAll(tasks);

        Assert.Equal(100, await Store.ReadCursorAsync("stuck", Cancelled));
        for (var i = 1; i <= 64; i++)
        {
            Assert.Equal(i, await Store.ReadCursorAsync($"c{i}", Cancelled));
        }
    }
}
