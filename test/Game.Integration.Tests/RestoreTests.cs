using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Game.Client;
using Game.LocalServers;
using Game.Streaming.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Integration.Tests;

/// <summary><c>restore</c> where Kafka does not hold what it should: real silo processes, real Kafka, records that another world wrote.</summary>
public sealed class RestoreTests(ITestOutputHelper output)
{
    private const string Topic = "game_events";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_log_whose_end_is_missing_is_restored_only_if_asked_to_and_one_that_two_worlds_wrote_never()
    {
        await using var kafka = await Servers.StartKafkaAsync();
        using var silo = new Silo();
        silo.Environment["GAME__Kafka__BootstrapServers"] = kafka.BootstrapServers;
        silo.Environment["GAME__Kafka__Replication"] = "1";
        await PlayAsync(silo);

        // Shard 2 says that it has acted on what shard 1 told it, and Kafka does not hold that.
        var records = await ReadAsync(kafka);
        var head = records.Where(record => record.Shard == "s01").Max(record => record.Position);
        var last = records.Where(record => record.Shard == "s02" && record.Body.ContainsKey("body")).MaxBy(record => record.Position)!;
        await WriteAsync(kafka, last, last.Position + 1, body => body["command"] = $"s01/{head + 7}/0");
        Directory.Delete(Path.Combine(silo.Data, "s01"), recursive: true);
        var refused = await SiloCommand.RunAsync(silo, "restore", "--shard", "s01");
        output.WriteLine(refused.Errors);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains($"Kafka holds its log up to position {head}, and another shard has acted on position {head + 7}", refused.Errors);
        Assert.Contains("--accept-loss restores all the same", refused.Errors);
        Assert.DoesNotContain("   at ", refused.Errors);

        // Refused, it has written nothing that would be in the way.
        var accepted = await SiloCommand.RunAsync(silo, "restore", "--shard", "s01", "--accept-loss");
        Assert.Contains($"shard s01: {head} events restored", accepted.Succeeded());
        Assert.Contains($"another shard has acted on position {head + 7}: the events between are lost", accepted.Errors);

        // Another world has had a shard 1 of its own.
        await WriteAsync(kafka, records.First(record => record is { Shard: "s01", Position: 1 }), 1, body => body["command"] = "another");
        Directory.Delete(Path.Combine(silo.Data, "s01"), recursive: true);
        var conflict = await SiloCommand.RunAsync(silo, "restore", "--shard", "s01", "--accept-loss");
        output.WriteLine(conflict.Errors);
        Assert.NotEqual(0, conflict.ExitCode);
        Assert.Contains("holds two events for one place. More than one world has written to it.", conflict.Errors);
        Assert.DoesNotContain("   at ", conflict.Errors);
    }

    /// <summary>A player on each shard; returns when Kafka has all of it.</summary>
    private static async Task PlayAsync(Silo silo)
    {
        using var process = silo.Start();
        var addresses = await process.ReadyAsync(Cancelled);
        using (var http = new HttpClient { BaseAddress = addresses.Gateway })
        {
            foreach (var shard in addresses.Shards)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/auth/register")
                {
                    Content = JsonContent.Create(new { name = $"of-{shard}", password = "correct horse", shard }),
                };
                request.Headers.Add("Idempotency-Key", $"register-{shard}");
                using var response = await http.SendAsync(request, Cancelled);
                response.EnsureSuccessStatusCode();
            }
        }

        using (var http = OperatorClient.Create(addresses.Management, silo.Environment))
        {
            var retry = new Retry(TimeSpan.FromSeconds(90));
            while (!await IsPublishedAsync(http))
            {
                Assert.True(await retry.WaitAsync(null, Cancelled), silo.Said());
            }
        }

        await process.StopAsync();
        Assert.Equal(0, process.ExitCode);
    }

    private static async Task<bool> IsPublishedAsync(HttpClient http)
    {
        var status = await http.GetFromJsonAsync<JsonElement>("/ops/status", Cancelled);
        return status.GetProperty("shards").EnumerateArray().Select(shard => shard.GetProperty("relay")).All(
            relay => relay.ValueKind == JsonValueKind.Object && relay.GetProperty("head").GetInt64() is > 0 and var head
                && relay.GetProperty("cursor").GetInt64() == head);
    }

    private static async Task<List<Published>> ReadAsync(KafkaServer kafka)
    {
        var scan = new TopicScan(
            new KafkaOptions { BootstrapServers = kafka.BootstrapServers }, TimeProvider.System, NullLogger<PartitionReader>.Instance);
        var records = new List<Published>();
        await foreach (var record in scan.ReadAsync(Topic, cancellationToken: Cancelled))
        {
            var body = JsonNode.Parse(record.Value.Span)!.AsObject();
            records.Add(new Published((string)body["shard"]!, (long)body["position"]!, body, record));
        }

        return records;
    }

    /// <summary>Writes a record like another one, at that position and changed.</summary>
    private static async Task WriteAsync(KafkaServer kafka, Published like, long position, Action<JsonObject> change)
    {
        var body = like.Body.DeepClone().AsObject();
        body["position"] = position;
        body["id"] = $"{like.Shard}/{position}";
        change(body);
        await using var writer = RecordWriter.Open(
            new KafkaOptions { BootstrapServers = kafka.BootstrapServers },
            new RecordWriterOptions(),
            TimeProvider.System,
            NullLogger<RecordWriter>.Instance);
        await writer.WriteAsync(
            new StreamRecord(Topic, like.Record.Key, JsonSerializer.SerializeToUtf8Bytes(body))
            {
                Partition = like.Record.Partition,
                Headers =
                [
                    .. like.Record.Headers.Where(header => header.Name != RecordHeaders.Id),
                    new RecordHeader(RecordHeaders.Id, $"{like.Shard}/{position}"),
                ],
            },
            Cancelled);
    }

    private sealed record Published(string Shard, long Position, JsonObject Body, ConsumedRecord Record);
}
