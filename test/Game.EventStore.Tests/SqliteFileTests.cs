using Game.EventStore.Sqlite;
using Microsoft.Data.Sqlite;

namespace Game.EventStore.Tests;

/// <summary>Files that are not as they should be: an operator learns which one, what is wrong, and what to do.</summary>
public sealed class SqliteFileTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void FileOfSomethingElse_IsRefused_AndLeftAsItIs()
    {
        var bytes = "Not a database, and longer than the header of one would be. "u8.ToArray().Concat(new byte[8000]).ToArray();
        File.WriteAllBytes(_folder.File, bytes);

        AssertRefused("is corrupt or not an event store; restore it from a backup, or move it away to start anew");
        Assert.Equal(bytes, File.ReadAllBytes(_folder.File));
    }

    [Fact]
    public void DatabaseOfSomethingElse_IsRefused_AndLeftAsItIs()
    {
        Run("CREATE TABLE theirs (x)");
        var bytes = File.ReadAllBytes(_folder.File);

        AssertRefused("is a database of something else, not an event store; choose another data folder");
        Assert.Equal(bytes, File.ReadAllBytes(_folder.File));
    }

    [Fact]
    public async Task StoreOfAnOlderBuild_IsBroughtUp_AndGoesOn()
    {
        await FillAsync(3);

        // As schema version 1 was: each stream with a copy of its version.
        Run("ALTER TABLE stream ADD COLUMN version INTEGER NOT NULL DEFAULT 1");
        Run("PRAGMA user_version = 1");

        await using var store = _folder.Open();
        Assert.Equal(3, await store.GetHeadAsync(Cancelled));
        Assert.Equal(AppendStatus.Appended, (await AppendAsync(store, 1, "s0")).Status);
        Assert.Null(await FindDamageAsync());
    }

    [Fact]
    public async Task StoreOfANewerBuild_IsRefused_AndLeftAsItIs()
    {
        await FillAsync(1);
        Run("PRAGMA user_version = 7");

        AssertRefused("has schema version 7, and this build knows versions up to 2; use the build that wrote it, or a newer one");

        Run("PRAGMA user_version = 2");
        await using var store = _folder.Open();
        Assert.Equal(1, await store.GetHeadAsync(Cancelled));
    }

    [Fact]
    public void Folder_InPlaceOfTheFile_IsRefused()
    {
        Directory.CreateDirectory(_folder.File);

        AssertRefused("cannot be opened; check the path and its rights");
    }

    [Fact]
    public void File_InPlaceOfTheFolder_IsRefused()
    {
        File.WriteAllText(_folder.File, "");

        var exception = Assert.Throws<EventStoreException>(() => SqliteEventStore.Open(Path.Combine(_folder.File, "events.db")));
        Assert.StartsWith($"The folder of store {Path.Combine(_folder.File, "events.db")} cannot be made", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CutOffFile_IsReportedAsCorrupt()
    {
        await FillAsync(500);
        await using (var file = File.OpenWrite(_folder.File))
        {
            file.SetLength(file.Length / 2 / 4096 * 4096);
        }

        Assert.Contains("is corrupt", (await FindDamageAsync())!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DamagedPages_AreReported_AndHealthyStreamsStayReadable()
    {
        await FillAsync(500);
        await using (var file = File.OpenWrite(_folder.File))
        {
            file.Position = file.Length / 4096 * 7 / 8 * 4096;
            file.Write(Enumerable.Repeat((byte)0xa5, 8192).ToArray());
        }

        Assert.NotNull(await FindDamageAsync());
        await using var store = _folder.Open();
        Assert.Single(await store.ReadAllAsync(0, 1, Cancelled));
    }

    [Fact]
    public async Task LockedFile_FailsTheAppend_AndTakesItWhenItIsFree()
    {
        await using var store = _folder.Open();
        await using (var other = Connect())
        {
            using var command = other.CreateCommand();
            command.CommandText = "BEGIN IMMEDIATE";
            command.ExecuteNonQuery();

            var exception = await Assert.ThrowsAsync<EventStoreException>(async () => await AppendAsync(store, 0));
            Assert.Equal($"The event store {_folder.File} is locked by another process; stop that one.", exception.Message);
            Assert.Equal(0, await store.GetHeadAsync(Cancelled));
        }

        Assert.Equal(AppendStatus.Appended, (await AppendAsync(store, 0)).Status);
    }

    [Fact]
    public async Task WritesOfAnotherProcess_AreNoticed()
    {
        await using var store = _folder.Open();
        await AppendAsync(store, 0);
        await using (var other = _folder.Open())
        {
            Assert.Equal(AppendResult.Appended(2, 2), await AppendAsync(other, 1));
        }

        Assert.Equal(AppendStatus.Duplicate, (await AppendAsync(store, 1)).Status);
        Assert.Equal(AppendResult.Conflict(2), await AppendAsync(store, 5));
        Assert.Equal(AppendResult.Appended(3, 3), await AppendAsync(store, 2));
    }

    [Fact]
    public async Task ClosedStore_SaysSo()
    {
        var store = _folder.Open();
        await store.DisposeAsync();
        await store.DisposeAsync();

        var append = await Assert.ThrowsAsync<EventStoreException>(async () => await AppendAsync(store, 0));
        var read = await Assert.ThrowsAsync<EventStoreException>(async () => await store.GetHeadAsync(Cancelled));
        Assert.Equal($"The event store {_folder.File} is closed.", append.Message);
        Assert.Equal(append.Message, read.Message);
    }

    [Fact]
    public async Task ClosedStore_LeavesOneFile()
    {
        await FillAsync(10);

        Assert.Equal([_folder.File], Directory.GetFiles(_folder.Folder));
    }

    [Fact]
    public async Task WhatCannotBeStored_FailsAlone()
    {
        await using var store = _folder.Open();
        var broken = new Commit("c", "", DateTimeOffset.UnixEpoch, new ChangingEvents());
        var neighbours = Enumerable.Range(0, 50).Select(i => AppendAsync(store, 0, $"n{i}").AsTask()).ToList();
        var failing = store.AppendAsync("broken", 0, [broken], Cancelled);
        neighbours.AddRange(Enumerable.Range(50, 50).Select(i => AppendAsync(store, 0, $"n{i}").AsTask()));

        await Assert.ThrowsAsync<InvalidDataException>(async () => await failing);
        Assert.All(await Task.WhenAll(neighbours), result => Assert.Equal(AppendStatus.Appended, result.Status));
        Assert.Equal(100, await store.GetHeadAsync(Cancelled));
        Assert.Empty(await store.CheckAsync(Cancelled));
    }

    [Fact]
    public async Task Items_AreKeptByCollectionAndKey_OverReopening()
    {
        await using (var store = _folder.Open())
        {
            var items = store.Items("reminders");
            await items.PutAsync("b", [1], Cancelled);
            await items.PutAsync("a", [2], Cancelled);
            await items.PutAsync("b", [3], Cancelled);
            await items.PutAsync("c", [], Cancelled);
            await store.Items("others").PutAsync("a", [9], Cancelled);
            Assert.True(await items.RemoveAsync("a", Cancelled));
            Assert.False(await items.RemoveAsync("a", Cancelled));
        }

        await using var again = _folder.Open();
        var kept = await again.Items("reminders").ReadAllAsync(Cancelled);
        Assert.Equal(["b", "c"], kept.Select(item => item.Key));
        Assert.Equal([3], kept[0].Value);
        Assert.Empty(kept[1].Value);
        Assert.Single(await again.Items("others").ReadAllAsync(Cancelled));
    }

    private static ValueTask<AppendResult> AppendAsync(SqliteEventStore store, long expectedVersion, string stream = "s") => store.AppendAsync(
        stream,
        expectedVersion,
        [new Commit($"c{expectedVersion}", "", DateTimeOffset.UnixEpoch, [new EventData("t", 1, new byte[100])])],
        Cancelled);

    private async Task FillAsync(int events)
    {
        await using var store = _folder.Open();
        for (var i = 0; i < events; i += 100)
        {
            await Task.WhenAll(Enumerable.Range(i, Math.Min(100, events - i)).Select(n => AppendAsync(store, 0, $"s{n}").AsTask()));
        }
    }

    private void AssertRefused(string expected)
    {
        var exception = Assert.Throws<EventStoreException>(() => _folder.Open());
        Assert.EndsWith($"{_folder.File} {expected}.", exception.Message, StringComparison.Ordinal);
    }

    /// <returns>What opening or checking complains of; null if nothing.</returns>
    private async Task<string?> FindDamageAsync()
    {
        try
        {
            await using var store = _folder.Open();
            return (await store.CheckAsync(Cancelled)).FirstOrDefault();
        }
        catch (EventStoreException exception)
        {
            return exception.Message;
        }
    }

    private void Run(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={_folder.File};Pooling=False");
        connection.Open();
        return connection;
    }

    /// <summary>Passes every check and fails when it is written.</summary>
    private sealed class ChangingEvents : IReadOnlyList<EventData>
    {
        private int _passes;

        public int Count => 1;

        public EventData this[int index] => new("t", 1, default);

        public IEnumerator<EventData> GetEnumerator()
        {
            yield return this[0];
            if (_passes++ > 0)
            {
                throw new InvalidDataException("Changed meanwhile.");
            }
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
