using Game.EventStore;
using Game.Grains;
using Npgsql;

namespace Game.Hosting;

/// <summary>Reminders of a cluster, which Orleans keeps in the cluster's database.</summary>
public static class ClusterReminders
{
    /// <summary>
    /// Gives reminders from before keys of grains named their shard the key that their grain has now. While no silo of such a build
    /// runs; again it does nothing.
    /// </summary>
    /// <param name="connectionString">The shard's database, whose schema is up to date.</param>
    /// <param name="shard">The shard whose grains those are that name none, and whose cluster meets in the database.</param>
    /// <param name="together">All shards of the cluster.</param>
    /// <param name="cancellationToken">Calls it off; what has been changed stays changed.</param>
    /// <returns>How many were changed.</returns>
    /// <exception cref="EventStoreException">The database does not answer.</exception>
    public static async Task<int> NameShardAsync(
        string connectionString, string shard, IReadOnlyList<string> together, CancellationToken cancellationToken)
    {
        try
        {
            await using var source = NpgsqlDataSource.Create(connectionString);
            return await NameShardAsync(source, shard, together, cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            throw new EventStoreException($"Shard {shard}: its reminders cannot be read: {exception.Message}", exception);
        }
    }

    private static async Task<int> NameShardAsync(
        NpgsqlDataSource source, string shard, IReadOnlyList<string> together, CancellationToken cancellationToken)
    {
        var nameless = new List<GrainId>();
        await using (var select = source.CreateCommand("SELECT DISTINCT grain FROM orleans_reminder WHERE service = $1"))
        {
            select.Parameters.AddWithValue(shard);
            await using var rows = await select.ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
            {
                nameless.Add(GrainId.Parse(rows.GetString(0)));
            }
        }

        nameless.RemoveAll(grain => together.Any(named => ShardKey.IsOf(named, grain)));
        var changed = 0;
        foreach (var grain in nameless)
        {
            var named = GrainId.Create(grain.Type, ShardKey.Of(shard, grain.Key.ToString()!));
            await using var update = source.CreateCommand("UPDATE orleans_reminder SET grain = $1, hash = $2 WHERE service = $3 AND grain = $4");
            update.Parameters.AddWithValue(named.ToString());
            update.Parameters.AddWithValue(unchecked((int)named.GetUniformHashCode()));
            update.Parameters.AddWithValue(shard);
            update.Parameters.AddWithValue(grain.ToString());
            changed += await update.ExecuteNonQueryAsync(cancellationToken);
        }

        return changed;
    }
}
