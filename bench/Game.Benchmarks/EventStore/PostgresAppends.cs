using System.Text;
using Game.EventStore;
using Game.EventStore.Postgres;
using Game.LocalServers;

namespace Game.Benchmarks.EventStore;

/// <summary>Appends to the store alone, each caller to a stream of its own.</summary>
internal sealed class PostgresAppends : IAsyncDisposable
{
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"at":"2026-03-01T12:00:00+00:00","amount":125,"source":"quest"}""");

    private readonly PostgresEventStore _store;
    private readonly long[] _versions;

    private PostgresAppends(PostgresEventStore store, int callers)
    {
        _store = store;
        _versions = new long[callers];
    }

    public static async Task<PostgresAppends> OpenAsync(PostgresServer server, int callers, CancellationToken cancellationToken)
    {
        var database = await server.CreateDatabaseAsync(cancellationToken);
        await PostgresSchema.MigrateAsync(database, cancellationToken);
        return new PostgresAppends(await PostgresEventStore.OpenAsync(database, cancellationToken), callers);
    }

    public async Task AppendAsync(int caller)
    {
        var version = _versions[caller]++;
        var commit = new Commit($"c{version}", "00112233445566778899AABBCCDDEEFF", DateTimeOffset.UtcNow, [new EventData("player.experience-gained", 1, Body)]);
        if ((await _store.AppendAsync($"player/{caller}", version, [commit])).Status != AppendStatus.Appended)
        {
            throw new InvalidOperationException("A command was not stored.");
        }
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}
