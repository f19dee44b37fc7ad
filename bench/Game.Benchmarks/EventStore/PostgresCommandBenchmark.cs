using System.Diagnostics;
using System.Text;
using Game.EventStore;
using Game.EventStore.Postgres;
using Game.LocalServers;

namespace Game.Benchmarks.EventStore;

/// <summary>
/// Durable appends a second to PostgreSQL from 64 callers, each with a stream of its own, each awaiting one answer before it
/// sends the next, beside one transaction a command on the same server: 64 connections, prepared statements, the least a
/// command needs. PostgreSQL shares its own flushes among those.
/// </summary>
public sealed class PostgresCommandBenchmark : IBenchmark
{
    private const int Callers = 64;
    private const string Goal = "≥ 10×";
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"at":"2026-03-01T12:00:00+00:00","amount":125,"source":"quest"}""");

    public string Name => "commands-postgres";

    public async Task<IReadOnlyList<Row>> RunAsync(bool quick, CancellationToken cancellationToken)
    {
        var title = $"durable appends to PostgreSQL, {Callers} callers";
        try
        {
            await using var server = await PostgresServer.StartAsync(cancellationToken);
            var seconds = quick ? 1.5 : 5;
            var (ours, baseline) = (0.0, 0.0);
            await using var store = await OpenAsync(server, cancellationToken);
            await using var single = await OneTransactionACommandOnPostgres.OpenAsync(server, Callers, cancellationToken);
            var versions = new long[2, Callers];
            for (var round = 0; round < (quick ? 2 : 3); round++)
            {
                baseline = Math.Max(baseline, await MeasureAsync(caller => single.AppendAsync($"player/{caller}", versions[0, caller]++), seconds));
                ours = Math.Max(ours, await MeasureAsync(caller => AppendAsync(store, caller, versions[1, caller]++), seconds));
            }

            return [Row.Rate(title, ours, baseline, "commands/s", Goal, (_, ratio) => ratio >= 10)];
        }
        catch (ServerMissingException exception)
        {
            return [Row.WithoutBaseline(title, 0, "commands/s", Goal, exception.Message)];
        }
    }

    private static async Task<double> MeasureAsync(Func<int, Task> send, double seconds)
    {
        var sent = new long[Callers];
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (; Stopwatch.GetElapsedTime(started).TotalSeconds < seconds; sent[caller]++)
            {
                await send(caller);
            }
        })));
        return sent.Sum() / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task<PostgresEventStore> OpenAsync(PostgresServer server, CancellationToken cancellationToken)
    {
        var database = await server.CreateDatabaseAsync(cancellationToken);
        await PostgresSchema.MigrateAsync(database, cancellationToken);
        return await PostgresEventStore.OpenAsync(database, cancellationToken);
    }

    private static async Task AppendAsync(PostgresEventStore store, int caller, long version)
    {
        var commit = new Commit($"c{version}", "00112233445566778899AABBCCDDEEFF", DateTimeOffset.UtcNow, [new EventData("player.experience-gained", 1, Body)]);
        if ((await store.AppendAsync($"player/{caller}", version, [commit])).Status != AppendStatus.Appended)
        {
            throw new InvalidOperationException("A command was not stored.");
        }
    }
}
