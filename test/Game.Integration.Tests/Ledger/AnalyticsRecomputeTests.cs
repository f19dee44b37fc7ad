using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Game.Client;
using Game.Streaming.Kafka;

namespace Game.Integration.Tests.Ledger;

/// <summary>
/// Analytics is computed again with <c>./game analytics</c> while actions go on coming, over a real broker, and the silo is killed in the
/// middle of it. <c>LEDGER_SEED</c> and <c>LEDGER_ACTIONS</c> (24000) as with <see cref="AnalyticsLedgerTests"/>.
/// </summary>
public sealed class AnalyticsRecomputeTests(ITestOutputHelper output)
{
    private const int PartitionsPerShard = 4;
    private static readonly string[] Shards = ["s01", "s02"];
    private static readonly TimeSpan ToBegin = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ComputedAgainUnderPlay_TheSiloKilledInBetween_EveryWindowIsThatOfTheOldGeneration()
    {
        var seed = Setting("LEDGER_SEED", Random.Shared.Next());
        var actions = Setting("LEDGER_ACTIONS", 24_000);
        output.WriteLine($"LEDGER_SEED={seed} LEDGER_ACTIONS={actions}");
        await using var kafka = await Servers.StartKafkaAsync();
        using var silo = new Silo();
        silo.Environment["GAME__Kafka__BootstrapServers"] = kafka.BootstrapServers;
        silo.Environment["GAME__Kafka__Replication"] = "1";
        await using var watched = new WatchedSilo(silo, Shards.Length);
        await watched.StartAsync(Cancelled);

        // Play on both sides of a midnight, so that a time can be chosen in its midst.
        var midnight = new DateTimeOffset(DateTimeOffset.UtcNow.UtcDateTime.Date.AddDays(-1), TimeSpan.Zero);
        var script = new ActionScript(seed, actions, Shards, players: 24, midnight.AddHours(-1), TimeSpan.FromHours(2));
        var books = Shards.ToDictionary(shard => shard, _ => new ActionBook());
        var writer = new ActionWriter(new KafkaOptions { BootstrapServers = kafka.BootstrapServers }, books, PartitionsPerShard);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var mostAhead = actions / 12;
        var writing = Task.Run(
            () => writer.WriteAsync(script.Play(), taken => watched.ReachAsync(taken - mostAhead, stopping.Token), stopping.Token), Cancelled);
        try
        {
            // All of it, and then the old one is given up.
            await watched.ReachAsync(actions / 4, Cancelled, writing);
            await RecomputeAsync(silo, watched, midnight.AddDays(-1), 2, new Random(seed));
            await GameCommand.RunAsync(silo, output, Cancelled, "analytics", "retire", "--generation", "1");

            // From its midst on, beside the one that is shown.
            await watched.ReachAsync(actions / 2, Cancelled, writing);
            await RecomputeAsync(silo, watched, midnight, 3, new Random(seed + 1));
            output.WriteLine($"{watched.Counted} of {actions} were counted when generation 3 was shown.");
            await writing;
        }
        finally
        {
            await stopping.CancelAsync();
        }

        await watched.ReachAsync(books.Values.Sum(book => book.Counted), Cancelled);
        foreach (var generation in (int?[])[null, 3, 2])
        {
            await AuditAsync(watched, books, generation);
        }

        // And once more from the beginning, at rest.
        await GameCommand.RunAsync(silo, output, Cancelled, "analytics", "recompute", "--from", Day(midnight.AddDays(-1)), "--switch");
        await AuditAsync(watched, books, null);
        var listed = await GameCommand.RunAsync(silo, output, Cancelled, "analytics", "list");
        Assert.Equal(
            Shards.SelectMany(shard => (string[])
            [
                $"{shard}\t1\tretired\t\teverything",
                $"{shard}\t2\tlive\t\tfrom {Day(midnight.AddDays(-1))}, before that 1",
                $"{shard}\t3\tlive\t\tfrom {Day(midnight)}, before that 2",
                $"{shard}\t4\tlive\tshown\tfrom {Day(midnight.AddDays(-1))}, before that 3",
            ]),
            listed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\t')));
        var audit = await watched.Http.GetFromJsonAsync<JsonElement>("/ops/audit", Cancelled);
        Assert.Equal(
            ["analytics.switch 4 done", "analytics.switch 4 asked", $"analytics.recompute {Day(midnight.AddDays(-1))}T00:00:00Z done"],
            audit.EnumerateArray().Take(3).Select(entry =>
                $"{entry.GetProperty("action")} {entry.GetProperty("target")} {entry.GetProperty("outcome")}"));
    }

    /// <summary>With the command that waits for it; the silo is killed once it has begun, and comes back.</summary>
    private async Task RecomputeAsync(Silo silo, WatchedSilo watched, DateTimeOffset from, int generation, Random random)
    {
        var command = GameCommand.RunAsync(silo, output, Cancelled, "analytics", "recompute", "--from", Day(from), "--switch");
        var phases = await UntilBegunAsync(watched, generation, command);
        await Task.Delay(random.Next(300), Cancelled);
        output.WriteLine($"generation {generation} is {string.Join(", ", phases)}: kill the silo");
        await watched.KillAsync();
        await watched.StartAsync(Cancelled);
        Assert.EndsWith($"generation {generation}: complete\ngeneration {generation}: shown\n", await command);

        // As after an answer that was lost, however late.
        using var again = await watched.Http.PostAsJsonAsync(
            "/ops/analytics/recompute", new { from = Day(from), after = generation - 1 }, Cancelled);
        var answer = await again.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
        Assert.True(again.StatusCode == HttpStatusCode.Accepted && answer.GetProperty("generation").GetInt32() == generation, $"{answer}");
    }

    private static async Task<IReadOnlyList<string>> UntilBegunAsync(WatchedSilo watched, int generation, Task command)
    {
        var retry = new Retry(ToBegin);
        do
        {
            var answer = await watched.Http.GetFromJsonAsync<JsonElement>("/ops/analytics/generations", Cancelled);
            IReadOnlyList<string> phases =
            [
                .. answer.GetProperty("shards").EnumerateArray().SelectMany(shard => shard.GetProperty("generations").EnumerateArray())
                    .Where(view => view.GetProperty("number").GetInt32() == generation).Select(view => view.GetProperty("phase").GetString()!),
            ];
            if (phases.Count == Shards.Length)
            {
                return phases;
            }
        }
        while (!command.IsCompleted && await retry.WaitAsync(TimeSpan.FromMilliseconds(20), Cancelled));
        await command;
        throw new TimeoutException($"Generation {generation} does not begin.");
    }

    private async Task AuditAsync(WatchedSilo silo, Dictionary<string, ActionBook> books, int? generation)
    {
        var wrong = new List<string>();
        var compared = 0L;
        foreach (var (shard, book) in books)
        {
            book.Close();
            var status = await silo.ReadAsync(shard, Cancelled, generation);
            if ((status.Counted, status.Late, status.Repeated, status.Unusable) != (book.Counted, book.Late, book.Repeated, 0))
            {
                wrong.Add($"{shard}: buckets say {status}, not {book.Counted}, {book.Late}, {book.Repeated}, 0");
            }

            var audit = new AnalyticsAudit(silo.Http, shard, book, generation);
            await audit.RunAsync(Cancelled);
            wrong.AddRange(audit.Wrong);
            compared += audit.Compared;
        }

        output.WriteLine($"generation {generation?.ToString(CultureInfo.InvariantCulture) ?? "shown"}: {compared} values compared, {wrong.Count} wrong.");
        Assert.True(wrong.Count == 0, $"{wrong.Count} wrong\n{string.Join('\n', wrong.Take(20))}");
    }

    private static string Day(DateTimeOffset at) => at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
