using Game.EventStore.Postgres;
using Game.Hosting;
using Game.Orleans.Tests.Processes;
using Npgsql;

namespace Game.Orleans.Tests.Shards;

public sealed class ClusterRemindersTests
{
    [Fact]
    public async Task NameShard_GivesEachReminderTheKeyAndHashOfItsGrain_AndAgainDoesNothing()
    {
        var cancelled = TestContext.Current.CancellationToken;
        await using var server = await ShardCluster.StartServerAsync();
        var database = await server.CreateDatabaseAsync(cancelled);
        await PostgresSchema.MigrateAsync(database, cancelled);
        await using var source = NpgsqlDataSource.Create(database);
        await InsertAsync(source, "s01", "war/s01.A", "deadlines");
        await InsertAsync(source, "s01", "war/s01.A", "awards");
        await InsertAsync(source, "s01", "guild/s01/s01.B", "publish");
        await InsertAsync(source, "other", "war/s01.A", "deadlines");

        Assert.Equal(2, await ClusterReminders.NameShardAsync(database, "s01", ["s01"], cancelled));
        Assert.Equal(0, await ClusterReminders.NameShardAsync(database, "s01", ["s01"], cancelled));

        var named = GrainId.Parse("war/s01/s01.A");
        Assert.Equal("s01/s01.A", named.Key.ToString());
        Assert.Equal(
            [("guild/s01/s01.B", "publish", 0), ("war/s01/s01.A", "awards", Hash(named)), ("war/s01/s01.A", "deadlines", Hash(named))],
            await ReadAsync(source, "s01"));
        Assert.Equal([("war/s01.A", "deadlines", 0)], await ReadAsync(source, "other"));
    }

    [Fact]
    public async Task NameShard_WhenShardsShareTheCluster_LeavesTheirReminders()
    {
        var cancelled = TestContext.Current.CancellationToken;
        await using var server = await ShardCluster.StartServerAsync();
        var database = await server.CreateDatabaseAsync(cancelled);
        await PostgresSchema.MigrateAsync(database, cancelled);
        await using var source = NpgsqlDataSource.Create(database);
        await InsertAsync(source, "s01", "war/s02/s02.A", "deadlines");
        await InsertAsync(source, "s01", "war/s01.B", "deadlines");

        Assert.Equal(1, await ClusterReminders.NameShardAsync(database, "s01", ["s01", "s02"], cancelled));

        Assert.Equal(["war/s01/s01.B", "war/s02/s02.A"], (await ReadAsync(source, "s01")).Select(reminder => reminder.Grain));
    }

    private static int Hash(GrainId grain) => unchecked((int)grain.GetUniformHashCode());

    private static async Task InsertAsync(NpgsqlDataSource source, string service, string grain, string name)
    {
        await using var insert = source.CreateCommand(
            "INSERT INTO orleans_reminder (service, grain, name, start_time, period, hash) VALUES ($1, $2, $3, now(), 60000, 0)");
        insert.Parameters.AddWithValue(service);
        insert.Parameters.AddWithValue(grain);
        insert.Parameters.AddWithValue(name);
        await insert.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<IReadOnlyList<(string Grain, string Name, int Hash)>> ReadAsync(NpgsqlDataSource source, string service)
    {
        await using var select = source.CreateCommand("SELECT grain, name, hash FROM orleans_reminder WHERE service = $1 ORDER BY grain, name");
        select.Parameters.AddWithValue(service);
        await using var rows = await select.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var found = new List<(string, string, int)>();
        while (await rows.ReadAsync(TestContext.Current.CancellationToken))
        {
            found.Add((rows.GetString(0), rows.GetString(1), rows.GetInt32(2)));
        }

        return found;
    }
}
