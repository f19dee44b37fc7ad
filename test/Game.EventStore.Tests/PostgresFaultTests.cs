using System.Collections.Concurrent;
using System.Text;
using Game.EventStore.Postgres;
using Game.LocalServers;
using Npgsql;

namespace Game.EventStore.Tests;

/// <summary>A server of this class's own, which is killed while silos write to it; and databases that are not what they should be.</summary>
public sealed class PostgresFaultTests(PostgresFixture fixture)
{
    private const int Kills = 5;
    private const int Writers = 16;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ServerKilledUnderLoad_NothingAnsweredIsLost_AndNothingIsStoredTwice()
    {
        await fixture.GetAsync();
        await using var server = await PostgresServer.StartAsync(Cancelled);
        var database = await server.CreateDatabaseAsync(Cancelled);
        await PostgresSchema.MigrateAsync(database, Cancelled);
        await using var store = await PostgresEventStore.OpenAsync(database, Cancelled);
        using var enough = new CancellationTokenSource();
        var answered = new ConcurrentDictionary<(int Writer, int Command), long>();
        var unknown = 0;
        var writers = Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(writer))).ToList();
        for (var kill = 0; kill < Kills; kill++)
        {
            var goal = answered.Count + 500;
            while (answered.Count < goal)
            {
                await Task.Delay(1, Cancelled);
            }

            await server.KillAsync();
            await server.RestartAsync(Cancelled);
        }

        await enough.CancelAsync();
        await Task.WhenAll(writers);
        TestContext.Current.TestOutputHelper?.WriteLine($"{answered.Count} answered, {unknown} unknown for a while");

        for (var writer = 0; writer < Writers; writer++)
        {
            var versions = new List<string>();
            await foreach (var stored in store.ReadAsync($"w{writer}", cancellationToken: Cancelled))
            {
                Assert.Equal(versions.Count + 1, stored.Version);
                versions.Add(stored.CommandId);
            }

            Assert.Equal(versions.Distinct(), versions);
            foreach (var ((_, command), version) in answered.Where(answer => answer.Key.Writer == writer))
            {
                Assert.Equal($"c{command}", versions[(int)version - 1]);
            }
        }

        Assert.Equal(await CountAsync(database, "SELECT count(*) FROM event"), await store.GetHeadAsync(Cancelled));

        // As a grain does: after an unknown outcome it looks the command up, and only then goes on.
        async Task WriteAsync(int writer)
        {
            var version = 0L;
            for (var command = 0; !enough.IsCancellationRequested;)
            {
                try
                {
                    if (await store.FindCommandAsync($"w{writer}", $"c{command}") is { } found)
                    {
                        (version, answered[(writer, command++)]) = (found.LastVersion, found.LastVersion);
                        continue;
                    }

                    var result = await store.AppendAsync($"w{writer}", version, [Command($"c{command}")]);
                    Assert.Equal(AppendStatus.Appended, result.Status);
                    (version, answered[(writer, command++)]) = (result.Version, result.Version);
                }
                catch (AppendOutcomeUnknownException)
                {
                    Interlocked.Increment(ref unknown);
                }
                catch (EventStoreException)
                {
                    await Task.Delay(20);
                }
            }
        }
    }

    [Fact]
    public async Task ConnectionsCutUnderLoad_LeaveEveryStreamAsAnswered()
    {
        var database = new PostgresDatabase(fixture);
        await using var store = await database.OpenAsync();
        var stored = 0L;
        using var enough = new CancellationTokenSource();
        var cutter = Task.Run(
            async () =>
            {
                await using var source = NpgsqlDataSource.Create(await database.GetAsync() + ";Application Name=cutter");
                while (!enough.IsCancellationRequested)
                {
                    await using var cut = source.CreateCommand(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name <> 'cutter'");
                    await cut.ExecuteNonQueryAsync();
                    var goal = Volatile.Read(ref stored) + 20;
                    while (Volatile.Read(ref stored) < goal && !enough.IsCancellationRequested)
                    {
                        await Task.Delay(1);
                    }
                }
            },
            Cancelled);
        for (var version = 0L; version < 400;)
        {
            try
            {
                var result = await store.AppendAsync("a", version, [Command($"c{version}")], Cancelled);
                version = result.Status == AppendStatus.Duplicate ? result.Command!.LastVersion : result.Version;
                Assert.NotEqual(AppendStatus.Conflict, result.Status);
                Volatile.Write(ref stored, version);
            }
            catch (EventStoreException)
            {
                // Sent again with the same command id, which is stored at most once.
            }
        }

        await enough.CancelAsync();
        await cutter;
        Assert.Equal(400, await CountAsync(await database.GetAsync(), "SELECT count(DISTINCT command_id) FROM event"));
        Assert.Equal(400, await CountAsync(await database.GetAsync(), "SELECT max(position) FROM event"));
    }

    /// <summary>As when the server is told to stop in that moment: it has answered the statement by then.</summary>
    [Fact]
    public async Task CommitThatFails_IsNotAnsweredAsStored()
    {
        var database = new PostgresDatabase(fixture);
        await using var store = await database.OpenAsync();
        await using var source = NpgsqlDataSource.Create(await database.GetAsync());
        await ExecuteAsync("CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''not now''; END'");
        await ExecuteAsync("CREATE CONSTRAINT TRIGGER late AFTER INSERT ON event DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail()");
        await ExecuteAsync("CREATE CONSTRAINT TRIGGER late AFTER INSERT ON cursor DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail()");
        await Assert.ThrowsAsync<EventStoreException>(async () => await store.AppendAsync("a", 0, [Command("c")], Cancelled));
        await Assert.ThrowsAsync<EventStoreException>(async () => await store.WriteCursorAsync("reader", 1, Cancelled));

        await ExecuteAsync("DROP TRIGGER late ON event");
        Assert.Equal(AppendResult.Appended(1, 1), await store.AppendAsync("a", 0, [Command("c")], Cancelled));

        async Task ExecuteAsync(string sql)
        {
            await using var command = source.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(Cancelled);
        }
    }

    [Fact]
    public async Task TwoSilosThatBelieveTheyOwnAStream_TheStoreLetsOneThrough()
    {
        var database = new PostgresDatabase(fixture);
        await using var first = await database.OpenAsync();
        await using var second = await database.OpenAsync();
        var lost = 0;
        for (var version = 0L; version < 200; version++)
        {
            var results = await Task.WhenAll(
                first.AppendAsync("a", version, [Command($"first {version}")], Cancelled).AsTask(),
                second.AppendAsync("a", version, [Command($"second {version}")], Cancelled).AsTask());
            Assert.Single(results, result => result.Status == AppendStatus.Appended);
            Assert.Equal(version + 1, Assert.Single(results, result => result.Status == AppendStatus.Conflict).Version);
            lost++;
        }

        Assert.Equal(lost, await first.GetHeadAsync(Cancelled));
    }

    [Fact]
    public async Task ReaderBesideWritersOfSeveralSilos_SeesEveryPositionOnceAndInOrder()
    {
        const int Silos = 3;
        const int Events = 300;
        var database = new PostgresDatabase(fixture);
        var writers = new List<Task>();
        await using var reader = await database.OpenAsync();
        for (var silo = 0; silo < Silos; silo++)
        {
            var name = $"silo{silo}";
            writers.Add(Task.Run(
                async () =>
                {
                    await using var store = await database.OpenAsync();
                    await Task.WhenAll(Enumerable.Range(0, 4).Select(async stream =>
                    {
                        for (var version = 0L; version < Events / 4; version++)
                        {
                            await store.AppendAsync($"{name}.{stream}", version, [Command($"c{version}")]);
                        }
                    }));
                },
                Cancelled));
        }

        var position = 0L;
        while (position < Silos * Events)
        {
            Assert.False(writers.Exists(writer => writer.IsFaulted));
            foreach (var stored in await reader.ReadAllAsync(position, 50, Cancelled))
            {
                Assert.Equal(++position, stored.Position);
            }
        }

        await Task.WhenAll(writers);
    }

    [Fact]
    public async Task ManySilosMigrateAtOnce_OneDoesTheWork()
    {
        var database = await (await fixture.GetAsync()).CreateDatabaseAsync(Cancelled);
        var before = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PostgresSchema.MigrateAsync(database, Cancelled)));
        Assert.Single(before, version => version == 0);
        Assert.Equal(7, before.Count(version => version == PostgresSchema.Version));
        Assert.Equal(PostgresSchema.Version, await CountAsync(database, "SELECT count(*) FROM schema_step"));
    }

    [Fact]
    public async Task ADatabaseThatIsNotReady_IsRefusedWithWhatToDo()
    {
        var server = await fixture.GetAsync();
        var empty = await server.CreateDatabaseAsync(Cancelled);
        Assert.Contains("run the migrate command", await OpenFailsAsync(empty), StringComparison.Ordinal);

        var newer = await server.CreateDatabaseAsync(Cancelled);
        await PostgresSchema.MigrateAsync(newer, Cancelled);
        await CountAsync(newer, "INSERT INTO schema_step (version, name) VALUES (999, 'later') RETURNING 1::bigint");
        Assert.Contains("use the build that wrote it", await OpenFailsAsync(newer), StringComparison.Ordinal);
        Assert.Contains(
            "use the build that wrote it",
            (await Assert.ThrowsAsync<EventStoreException>(() => PostgresSchema.MigrateAsync(newer, Cancelled))).Message,
            StringComparison.Ordinal);

        Assert.Contains("create the database", await OpenFailsAsync(server.ConnectionString("nowhere")), StringComparison.Ordinal);
        Assert.Contains("does not answer", await OpenFailsAsync("Host=127.0.0.1;Port=1;Username=game;Database=x"), StringComparison.Ordinal);
        var stranger = new NpgsqlConnectionStringBuilder(empty) { Username = "stranger", Password = "hunter2" }.ToString();
        var refused = await OpenFailsAsync(stranger);
        Assert.Contains("refuses", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refused, StringComparison.Ordinal);
    }

    private static Commit Command(string id) =>
        new(id, "", DateTimeOffset.UnixEpoch, [new EventData("test.happened", 1, Encoding.UTF8.GetBytes("{}"))]);

    private static async Task<string> OpenFailsAsync(string connectionString) =>
        (await Assert.ThrowsAnyAsync<EventStoreException>(() => PostgresEventStore.OpenAsync(connectionString, Cancelled))).Message;

    private static async Task<long> CountAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(Cancelled))!;
    }
}
