using Xunit;

namespace Game.EventStore.Suite;

/// <summary>Versions, command ids, all or nothing, and what is refused.</summary>
public abstract class AppendSuite : EventStoreSuite
{
    [Fact]
    public async Task Append_ToNothing_StartsAStreamAtVersionOne()
    {
        Assert.Equal(AppendResult.Appended(2, 2), await AppendAsync("a", 0, Command("c1", "x", "y")));

        var events = await ReadAsync("a");
        Assert.Equal([1, 2], events.Select(stored => stored.Version));
        Assert.Equal(["x", "y"], events.Select(Body));
    }

    [Fact]
    public async Task Append_KeepsEveryFieldOfAnEvent()
    {
        var at = new DateTimeOffset(2026, 7, 4, 23, 59, 59, TimeSpan.FromHours(2)).AddTicks(1234567);
        byte[] body = [0, 255, 10, 34, 0];
        await AppendAsync("guild/s01.ü'\"", 0, new Commit("cmd-'ß'", "f", at, [new EventData("guild.founded", 7, body)]));

        var stored = Assert.Single(await ReadAsync("guild/s01.ü'\""));
        Assert.Equal("guild/s01.ü'\"", stored.Stream);
        Assert.Equal("cmd-'ß'", stored.CommandId);
        Assert.Equal(at, stored.At);
        Assert.Equal("guild.founded", stored.Type);
        Assert.Equal(7, stored.SchemaVersion);
        Assert.Equal(body, stored.Body.ToArray());
        Assert.Equal(1, stored.Position);
    }

    [Fact]
    public async Task Append_AcceptsAnEmptyBodyAndAnEmptyFingerprint()
    {
        await AppendAsync("a", 0, new Commit("c", "", Noon, [new EventData("t", 1, default)]));

        Assert.Equal(0, Assert.Single(await ReadAsync("a")).Body.Length);
        Assert.Equal(new CommandRecord("c", "", 1, 1), await Store.FindCommandAsync("a", "c", Cancelled));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(long.MaxValue)]
    public async Task Append_AfterAnotherVersion_IsAConflictNamingTheActualOne(long expectedVersion)
    {
        await AppendAsync("a", 0, Command("c1", "x", "y"));

        Assert.Equal(AppendResult.Conflict(2), await AppendAsync("a", expectedVersion, Command("c2", "z")));
        Assert.Equal(["x", "y"], await BodiesAsync("a"));
        Assert.Null(await Store.FindCommandAsync("a", "c2", Cancelled));
    }

    [Fact]
    public async Task Append_ToAStreamThatShouldExist_IsAConflictWithZero()
    {
        Assert.Equal(AppendResult.Conflict(0), await AppendAsync("a", 1, Command("c1", "x")));
        Assert.Empty(await ReadAsync("a"));
        Assert.Equal(0, await Store.GetHeadAsync(Cancelled));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    [InlineData(9)]
    public async Task Append_WithAKnownCommandId_IsADuplicateWhateverTheExpectedVersion(long expectedVersion)
    {
        await AppendAsync("a", 0, Command("c1", "x"));

        Assert.Equal(
            AppendResult.Duplicate(new CommandRecord("c1", "print of c1", 1, 1)),
            await AppendAsync("a", expectedVersion, Command("c1", "other")));
        Assert.Equal(["x"], await BodiesAsync("a"));
    }

    [Fact]
    public async Task Append_OfSeveralCommits_NamesTheFirstDuplicateInTheirOrder_AndStoresNone()
    {
        await AppendAsync("a", 0, Command("c1", "1"), Command("c2", "2"));

        var result = await AppendAsync("a", 2, Command("c3", "3"), Command("c2", "2"), Command("c1", "1"), Command("c4", "4"));

        Assert.Equal(AppendStatus.Duplicate, result.Status);
        Assert.Equal(new CommandRecord("c2", "print of c2", 2, 2), result.Command);
        Assert.Equal(["1", "2"], await BodiesAsync("a"));
        Assert.Null(await Store.FindCommandAsync("a", "c3", Cancelled));
    }

    [Fact]
    public async Task Append_OfSeveralCommits_StoresThemInOrder_EachUnderItsOwnCommandId()
    {
        Assert.Equal(
            AppendResult.Appended(4, 4),
            await AppendAsync("a", 0, Command("c1", "1", "2"), CommandAt("c2", Noon.AddHours(1), "3"), Command("c3", "4")));

        var events = await ReadAsync("a");
        Assert.Equal(["c1", "c1", "c2", "c3"], events.Select(stored => stored.CommandId));
        Assert.Equal(Noon.AddHours(1), events[2].At);
        Assert.Equal(new CommandRecord("c1", "print of c1", 1, 2), await Store.FindCommandAsync("a", "c1", Cancelled));
        Assert.Equal(new CommandRecord("c2", "print of c2", 3, 3), await Store.FindCommandAsync("a", "c2", Cancelled));
        Assert.Equal(new CommandRecord("c3", "print of c3", 4, 4), await Store.FindCommandAsync("a", "c3", Cancelled));
    }

    [Fact]
    public async Task Append_OfSeveralCommitsAtAStaleVersion_StoresNone()
    {
        await AppendAsync("a", 0, Command("c1", "1"));

        Assert.Equal(AppendResult.Conflict(1), await AppendAsync("a", 0, Command("c2", "2"), Command("c3", "3")));
        Assert.Equal(["1"], await BodiesAsync("a"));
        Assert.Equal(1, await Store.GetHeadAsync(Cancelled));
    }

    [Fact]
    public async Task CommandIds_BelongToTheirStream()
    {
        await AppendAsync("a", 0, Command("same", "x"));

        Assert.Equal(AppendResult.Appended(1, 2), await AppendAsync("b", 0, Command("same", "y")));
        Assert.Null(await Store.FindCommandAsync("c", "same", Cancelled));
    }

    [Fact]
    public async Task CommandIdsAndStreams_AreComparedExactly()
    {
        string[] names = ["a", "A", "a ", "ä", "a\u0308", "a\u0001", "a\u0001b", "%", "_"];
        foreach (var name in names)
        {
            Assert.Equal(AppendStatus.Appended, (await AppendAsync(name, 0, Command(name, $"in {name}"))).Status);
        }

        foreach (var name in names)
        {
            Assert.Equal([$"in {name}"], await BodiesAsync(name));
            Assert.Equal(name, Assert.Single(await ReadAsync(name)).Stream);
            Assert.Equal(new CommandRecord(name, $"print of {name}", 1, 1), await Store.FindCommandAsync(name, name, Cancelled));
        }
    }

    [Fact]
    public async Task Append_WithoutContent_IsRefused_AndStoresNothing()
    {
        var good = Command("c", "x");
        var refused = new (string Stream, long Version, Commit[] Commits)[]
        {
            ("", 0, [good]),
            ("a", -1, [good]),
            ("a", 0, []),
            ("a", 0, [good, Command("empty")]),
            ("a", 0, [good, Command("", "x")]),
            ("a", 0, [good, Command("c", "y")]),
            ("a", 0, [good, Command("\ud800", "y"), Command("\ud801", "z")]),
            ("a\udc00", 0, [good]),
            ("a\0", 0, [good]),
            ("a", 0, [good, Command("d\0", "y")]),
            ("a", 0, [good, new Commit("d", "", Noon, [new EventData("", 1, default)])]),
            ("a", 0, [good, new Commit("d", "", Noon, [new EventData("t", 0, default)])]),
            ("a", 0, [good, new Commit("d", null!, Noon, good.Events)]),
        };
        foreach (var (stream, version, commits) in refused)
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await AppendAsync(stream, version, commits));
        }

        Assert.Equal(0, await Store.GetHeadAsync(Cancelled));
    }

    [Fact]
    public async Task Append_WhenCancelledBefore_StoresNothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Store.AppendAsync("a", 0, [Command("c", "x")], cancelled.Token));
        Assert.Empty(await ReadAsync("a"));
    }

    [Fact]
    public async Task Append_OfALargeBody_KeepsIt()
    {
        var body = new byte[3_000_000];
        new Random(1).NextBytes(body);

        await AppendAsync("a", 0, new Commit("c", "", Noon, [new EventData("t", 1, body)]));

        Assert.True(Assert.Single(await ReadAsync("a")).Body.Span.SequenceEqual(body));
    }
}
