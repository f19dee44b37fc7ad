using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Game.LocalServers;
using Game.Streaming.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Benchmarks.Streaming;

/// <summary>
/// Records a second to and from one partition of a Kafka broker on the same machine, beside Kafka's own kafka-producer-perf-test and
/// kafka-consumer-perf-test: the same bodies, batches of 64 KiB, linger of 10 ms, snappy, acks=all, idempotent. Every record of ours
/// has a task that its confirm completes, and is completed by the reader one by one, as the product does.
/// </summary>
public sealed partial class KafkaBenchmark : IBenchmark
{
    private const int Size = 500;
    private const int Bodies = 2000;

    /// <summary>Records written and not yet confirmed: 10 MB, less than the 32 MB that Kafka's producer may have.</summary>
    private const int Window = 20_000;
    private const string Goal = "≥ 0.8×";

    public string Name => "kafka";

    public async Task<IReadOnlyList<Row>> RunAsync(bool quick, CancellationToken cancellationToken)
    {
        var (write, read) = ($"records of {Size} B written", $"records of {Size} B read");
        KafkaServer server;
        try
        {
            server = await KafkaServer.StartAsync(forSpeed: true, cancellationToken: cancellationToken);
        }
        catch (ServerMissingException exception)
        {
            return [.. new[] { write, read }.Select(title => Row.WithoutBaseline(title, 0, "records/s", Goal, exception.Message))];
        }

        await using (server)
        {
            var bodies = CreateBodies();
            await File.WriteAllLinesAsync(server.PathOf("bodies"), bodies.Select(Encoding.UTF8.GetString), cancellationToken);
            var records = quick ? 300_000 : 1_500_000;
            var (ours, baseline) = (new List<(double Write, double Read)>(), new List<(double Write, double Read)>());
            for (var round = 0; round < (quick ? 1 : 3); round++)
            {
                baseline.Add(await MeasureBaselineAsync(server, $"baseline{round}", records, cancellationToken));
                ours.Add(await MeasureOursAsync(server, $"ours{round}", bodies, records, cancellationToken));
            }

            return
            [
                Judge(write, ours.Max(round => round.Write), baseline.Max(round => round.Write)),
                Judge(read, ours.Max(round => round.Read), baseline.Max(round => round.Read)),
            ];
        }
    }

    private static Row Judge(string title, double ours, double baseline) =>
        Row.Rate(title, ours, baseline, "records/s", Goal, (_, ratio) => ratio >= 0.8);

    private static async Task<(double Write, double Read)> MeasureOursAsync(
        KafkaServer server, string topic, byte[][] bodies, int records, CancellationToken cancellationToken)
    {
        await CreateTopicAsync(server, topic);
        var kafka = new KafkaOptions { BootstrapServers = server.BootstrapServers };
        await using var writer = RecordWriter.Open(
            kafka, new RecordWriterOptions(), TimeProvider.System, NullLogger<RecordWriter>.Instance);
        var written = await WriteAsync(writer, topic, bodies, records, cancellationToken);
        await using var reader = PartitionReader.Start(
            kafka,
            new PartitionReaderOptions { Topic = topic, Partition = 0, Group = "ours" },
            TimeProvider.System,
            NullLogger<PartitionReader>.Instance);
        // Like the tool's, without the time that connecting and finding the group's offset took.
        var first = await reader.ReadAsync(cancellationToken);
        var started = Stopwatch.GetTimestamp();
        reader.Complete(first);
        for (var read = first.Count; read < records;)
        {
            var batch = await reader.ReadAsync(cancellationToken);
            reader.Complete(batch);
            read += batch.Count;
        }

        return (written, (records - first.Count) / Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private static async Task<double> WriteAsync(
        RecordWriter writer, string topic, byte[][] bodies, int records, CancellationToken cancellationToken)
    {
        var window = new Task[Window];
        var random = new Random(1);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < records; i++)
        {
            if (window[i % Window] is { } oldest)
            {
                await oldest;
            }

            var record = new StreamRecord(topic, default(ReadOnlyMemory<byte>?), bodies[random.Next(bodies.Length)]);
            window[i % Window] = writer.WriteAsync(record, cancellationToken);
        }

        await Task.WhenAll(window.Where(task => task is not null));
        return records / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task<(double Write, double Read)> MeasureBaselineAsync(
        KafkaServer server, string topic, int records, CancellationToken cancellationToken)
    {
        await CreateTopicAsync(server, topic);

        // Its just-in-time compiler may warm up uncounted; the rate it says last is that of the rest.
        const int WarmUp = 100_000;
        var produced = await server.RunToolAsync(
            "org.apache.kafka.tools.ProducerPerformance",
            [
                "--bootstrap-server", server.BootstrapServers, "--topic", topic, "--num-records", $"{records + WarmUp}",
                "--warmup-records", $"{WarmUp}", "--throughput", "-1", "--payload-file", server.PathOf("bodies"),
                "--command-property", "acks=all", "enable.idempotence=true", "batch.size=65536", "linger.ms=10", "compression.type=snappy",
            ],
            cancellationToken);
        var consumed = await server.RunToolAsync(
            "org.apache.kafka.tools.ConsumerPerformance",
            ["--bootstrap-server", server.BootstrapServers, "--topic", topic, "--num-records", $"{records}", "--hide-header"],
            cancellationToken);

        // The last column: records a second without the time that joining the group took.
        var columns = consumed.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Split(',');
        return (
            double.Parse(RateOfProducer().Matches(produced)[^1].Groups["rate"].Value, CultureInfo.InvariantCulture),
            double.Parse(columns[^1], CultureInfo.InvariantCulture));
    }

    private static async Task CreateTopicAsync(KafkaServer server, string topic)
    {
        using var administration = new TopicAdministration(new KafkaOptions { BootstrapServers = server.BootstrapServers });
        await administration.EnsureAsync([new TopicSpec(topic, 1, 1, null)]);
    }

    /// <summary>Bodies as player actions are: JSON whose names repeat and whose values do not.</summary>
    private static byte[][] CreateBodies()
    {
        var random = new Random(42);
        return [.. Enumerable.Range(0, Bodies).Select(_ =>
        {
            var body = new StringBuilder();
            while (body.Length < Size)
            {
                body.Append(
                    CultureInfo.InvariantCulture,
                    $$"""{"kind":"skill","at":{{random.Next()}},"target":"s01.{{random.NextInt64():x}}","amount":{{random.Next(1000)}}},""");
            }

            return Encoding.UTF8.GetBytes(body.ToString(0, Size));
        })];
    }

    [GeneratedRegex(@"(?<rate>[0-9.]+) records/sec", RegexOptions.ExplicitCapture)]
    private static partial Regex RateOfProducer();
}
