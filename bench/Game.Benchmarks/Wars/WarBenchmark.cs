namespace Game.Benchmarks.Wars;

/// <summary>
/// A war over many shards in one process, each with its own store file: the time from a strike on one shard until every
/// shard has been pushed a scoreboard that contains it, and the messages it took. The baseline of the time is the bare
/// minimum of the same path: its durable writes (strike, report, report stored, scoreboard stored, scoreboard sent) one
/// after the other on an SQLite file of the same folder.
/// </summary>
public sealed class WarBenchmark : IBenchmark
{
    public string Name => "war";

    public Task<IReadOnlyList<Row>> RunAsync(bool quick, CancellationToken cancellationToken) =>
        WarMeasurement.RunAsync("", quick, openBus: null, cancellationToken);
}
