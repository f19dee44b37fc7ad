using System.Diagnostics;
using System.Globalization;
using Game.LocalServers;
using Game.Streaming.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Integration.Tests.Ledger;

/// <summary>
/// The whole way of player actions under faults: a producer, a real broker, a real silo process with its readers, windows read as an
/// operator does. <c>LEDGER_ACTIONS</c>: how many actions must count (20000). <c>LEDGER_SEED</c>: what is sent, and what is killed when.
/// <c>LEDGER_KILLS</c>: how often (3; 18 from a million actions on, in the middle of which the broker stays away for a minute).
/// </summary>
public sealed class AnalyticsLedgerTests(ITestOutputHelper output)
{
    private const int DefaultActions = 20_000;
    private const int PartitionsPerShard = 4;

    /// <summary>Managed memory that the silo gets, whatever waits for it in Kafka and however much it is asked: beyond it, it dies.</summary>
    private const long HeapLimit = 640L << 20;

    /// <summary>Resident memory that it may take in all.</summary>
    private const long MostMemory = 1L << 30;

    private static readonly string[] Shards = ["s01", "s02"];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BrokerAndSilosKilledAtRandom_EveryCountSumAndWindowIsExact()
    {
        var seed = (int)Setting("LEDGER_SEED", Random.Shared.Next());
        var actions = Setting("LEDGER_ACTIONS", DefaultActions);
        var isLong = actions >= 1_000_000;
        var kills = (int)Setting("LEDGER_KILLS", isLong ? 18 : 3);
        output.WriteLine($"LEDGER_SEED={seed} LEDGER_ACTIONS={actions} LEDGER_KILLS={kills}");

        await using var kafka = await Servers.StartKafkaAsync(forSpeed: isLong);
        using var silo = new Silo();
        silo.Environment["GAME__Kafka__BootstrapServers"] = kafka.BootstrapServers;
        silo.Environment["GAME__Kafka__Replication"] = "1";
        silo.Environment["DOTNET_GCHeapHardLimit"] = HeapLimit.ToString("x", CultureInfo.InvariantCulture);
        await using var watched = new WatchedSilo(silo, Shards.Length);
        await watched.StartAsync(Cancelled);

        // So far the producer is ahead of what is counted: faults meet records on every part of the way.
        var mostAhead = Math.Min(actions / 15, 300_000);
        var span = TimeSpan.FromHours(isLong ? 20 : 2);
        var script = new ActionScript(
            seed, actions, Shards, players: isLong ? 240 : 24, DateTimeOffset.UtcNow - span - TimeSpan.FromHours(2), span);
        var books = Shards.ToDictionary(shard => shard, _ => new ActionBook());
        var writer = new ActionWriter(new KafkaOptions { BootstrapServers = kafka.BootstrapServers }, books, PartitionsPerShard);
        var started = Stopwatch.GetTimestamp();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var writing = Task.Run(
            () => writer.WriteAsync(script.Play(), taken => watched.ReachAsync(taken - mostAhead, stopping.Token), stopping.Token), Cancelled);
        try
        {
            var random = new Random(seed);
            for (var kill = 0; kill < kills; kill++)
            {
                await watched.ReachAsync((long)(actions * (kill + random.NextDouble()) / (kills + 1)), Cancelled, writing);
                var pause = isLong && kill == kills / 2 ? TimeSpan.FromMinutes(1) : TimeSpan.FromMilliseconds(random.Next(1500));
                await KillAsync(isLong && kill == kills / 2 ? 0 : kill % 3, pause, kafka, watched);
            }

            await writing;
        }
        finally
        {
            await stopping.CancelAsync();
        }

        var total = books.Values.Sum(book => book.Counted);
        await watched.ReachAsync(total, Cancelled);
        var took = Stopwatch.GetElapsedTime(started);
        output.WriteLine(
            $"{writer.Written} records, {total} actions counted in {took.TotalSeconds:0} s: {total / took.TotalSeconds:0}/s; "
            + $"{books.Values.Sum(book => book.Late)} late, {books.Values.Sum(book => book.Repeated)} repeated, {writer.Poison.Count} poison; "
            + $"{kills} kills; the silo took {watched.MostMemory >> 20} MiB at most.");
        await AuditAsync(watched, books);
        output.WriteLine($"Asked, the silo took {watched.MostMemory >> 20} MiB at most.");
        await AuditDeadLettersAsync(kafka, writer.Poison);
        Assert.InRange(watched.MostMemory, 1, MostMemory);
    }

    /// <param name="what">0: the broker, 1: the silo, 2: both.</param>
    /// <param name="pause">How long it is away.</param>
    /// <param name="kafka">The broker.</param>
    /// <param name="silo">The silo.</param>
    private async Task KillAsync(int what, TimeSpan pause, KafkaServer kafka, WatchedSilo silo)
    {
        output.WriteLine($"after {silo.Counted} counted: kill {(what == 0 ? "the broker" : what == 1 ? "the silo" : "both")}, back after {pause.TotalMilliseconds} ms");
        if (what != 0)
        {
            await silo.KillAsync();
        }

        if (what != 1)
        {
            await kafka.KillAsync();
        }

        await Task.Delay(pause, Cancelled);

        // If neither starts, the broker's reason is the one that is told.
        await Task.WhenAll(
            what == 1 ? Task.CompletedTask : kafka.RestartAsync(cancellationToken: Cancelled),
            what == 0 ? Task.CompletedTask : silo.StartAsync(Cancelled));
    }

    private async Task AuditAsync(WatchedSilo silo, Dictionary<string, ActionBook> books)
    {
        var started = Stopwatch.GetTimestamp();
        var wrong = new List<string>();
        var compared = 0L;
        foreach (var (shard, book) in books)
        {
            book.Close();
            var status = await silo.ReadAsync(shard, Cancelled);
            if ((status.Counted, status.Late, status.Repeated, status.Unusable) != (book.Counted, book.Late, book.Repeated, 0))
            {
                wrong.Add($"{shard}: buckets say {status}, not {book.Counted}, {book.Late}, {book.Repeated}, 0");
            }

            var audit = new AnalyticsAudit(silo.Http, shard, book);
            await audit.RunAsync(Cancelled);
            wrong.AddRange(audit.Wrong);
            compared += audit.Compared;
        }

        output.WriteLine($"{compared} values compared in {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s.");
        Assert.True(wrong.Count == 0, $"{wrong.Count} wrong\n{string.Join('\n', wrong.Take(20))}");
    }

    /// <summary>Every poisoned record is put aside with its reason, some of them twice, and nothing else is.</summary>
    private static async Task AuditDeadLettersAsync(KafkaServer kafka, Dictionary<string, string> poison)
    {
        var scan = new TopicScan(
            new KafkaOptions { BootstrapServers = kafka.BootstrapServers }, TimeProvider.System, NullLogger<PartitionReader>.Instance);
        var found = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var letter in scan.ReadAsync(DeadLetters.TopicOf(ActionWriter.Topic), cancellationToken: Cancelled))
        {
            var (place, reason) = (letter.Header(RecordHeaders.DeadLetterSource)!, letter.Header(RecordHeaders.DeadLetterReason)!);
            Assert.True(poison.TryGetValue(place, out var expected), $"{place} was put aside: {reason}");
            Assert.Contains(expected, reason, StringComparison.Ordinal);
            found.Add(place);
        }

        Assert.Equal(poison.Count, found.Count);
    }

    private static long Setting(string name, long otherwise) =>
        Environment.GetEnvironmentVariable(name) is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
