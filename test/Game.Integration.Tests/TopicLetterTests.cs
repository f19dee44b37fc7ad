using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Game.Client;
using Game.LocalServers;
using Game.Streaming.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Integration.Tests;

/// <summary>What operators see and do about dead letters of topics: the real executable, the real broker, <c>./game deadletters</c>.</summary>
public sealed class TopicLetterTests(ITestOutputHelper output)
{
    private const string Topic = "player_actions";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Letters_AreShown_AndDiscardedOrReplayed_AndTheAuditTellsOfIt()
    {
        await using var kafka = await Servers.StartKafkaAsync();
        using var silo = new Silo();
        silo.Environment["GAME__Kafka__BootstrapServers"] = kafka.BootstrapServers;
        silo.Environment["GAME__Kafka__Replication"] = "1";
        using var process = silo.Start("--shards", "1");
        var addresses = await process.ReadyAsync(Cancelled);
        using var http = OperatorClient.Create(addresses.Management, silo.Environment);
        await ReachAsync(http, 0);
        await WriteAsync(kafka, "first", "second");
        await ReachAsync(http, 2);

        var listed = await GameAsync(silo, "list");
        var lines = listed.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([$"{Topic}\t1", $"{Topic}\t2"], lines.Select(line => string.Join('\t', line.Split('\t')[..2])));
        Assert.All(lines, line => Assert.Contains("the body of game.analytics.action cannot be read", line));
        Assert.Contains(Convert.ToBase64String("first"u8), await GameAsync(silo, "show", "--queue", Topic, "--id", "1"));

        await GameAsync(silo, "discard", "--queue", Topic, "--id", "1");
        await ReachAsync(http, 1);

        // It has not become any better: what is replayed comes back as a letter of its own.
        await GameAsync(silo, "replay", "--queue", Topic, "--id", "2");
        await ReachAsync(http, 1);
        Assert.Contains(Convert.ToBase64String("second"u8), await ShowOnlyAsync(silo));
        var audit = await http.GetFromJsonAsync<JsonElement>("/ops/audit", Cancelled);
        Assert.Equal(
            ["dead-letter.replay done", "dead-letter.replay asked", "dead-letter.discard done", "dead-letter.discard asked"],
            audit.EnumerateArray().Select(entry => $"{entry.GetProperty("action")} {entry.GetProperty("outcome")}"));

        // Without Kafka the console says so, and goes on.
        await kafka.StopAsync();
        var status = await http.GetFromJsonAsync<JsonElement>("/ops/status", Cancelled);
        Assert.All(status.GetProperty("topics").EnumerateArray(), topic => Assert.NotEqual(JsonValueKind.Null, topic.GetProperty("trouble").ValueKind));
        await process.StopAsync();
    }

    private static async Task<long?> CountAsync(HttpClient http)
    {
        var status = await http.GetFromJsonAsync<JsonElement>("/ops/status", Cancelled);
        var topic = status.GetProperty("topics").EnumerateArray().Single(topic => topic.GetProperty("topic").GetString() == Topic);
        return topic.GetProperty("deadLetters") is { ValueKind: JsonValueKind.Number } letters ? letters.GetInt64() : null;
    }

    private static async Task ReachAsync(HttpClient http, long letters)
    {
        var retry = new Retry(TimeSpan.FromMinutes(3));
        while (await CountAsync(http) != letters)
        {
            Assert.True(await retry.WaitAsync(null, Cancelled), $"There are {await CountAsync(http)} letters, not {letters}.");
        }
    }

    private async Task<string> ShowOnlyAsync(Silo silo)
    {
        // The one that was replayed is settled before its record has come back.
        var listed = await GameAsync(silo, "list");
        return await GameAsync(silo, "show", "--queue", Topic, "--id", listed.Split('\t')[1]);
    }

    private Task<string> GameAsync(Silo silo, params string[] arguments) =>
        GameCommand.RunAsync(silo, output, Cancelled, ["deadletters", .. arguments]);

    private static async Task WriteAsync(KafkaServer kafka, params string[] bodies)
    {
        await using var writer = RecordWriter.Open(
            new KafkaOptions { BootstrapServers = kafka.BootstrapServers },
            new RecordWriterOptions(),
            TimeProvider.System,
            NullLogger<RecordWriter>.Instance);
        foreach (var body in bodies)
        {
            await writer.WriteAsync(
                new StreamRecord(Topic, "s01-00", Encoding.UTF8.GetBytes(body))
                {
                    Headers = [new RecordHeader(RecordHeaders.Type, "game.analytics.action"), new RecordHeader(RecordHeaders.Version, "1")],
                },
                Cancelled);
        }
    }
}
