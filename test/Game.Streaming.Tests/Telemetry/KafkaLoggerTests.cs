using System.Diagnostics;
using Game.LocalServers;
using Game.Streaming.Kafka;
using Game.Streaming.Kafka.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Streaming.Tests.Telemetry;

public sealed partial class KafkaLoggerTests(KafkaFixture kafka)
{
    [Fact]
    public async Task Lines_arrive_in_order_by_server_with_secrets_masked()
    {
        var topic = await kafka.CreateTopicAsync(partitions: 3);
        await using (var writer = topic.OpenWriter())
        {
            using var provider = new KafkaLoggerProvider(writer, topic.Name, "server-1", new SecretRedactor(["hunter22"]), TimeProvider.System);
            var logger = provider.CreateLogger("Game.Test");
            for (var i = 0; i < 50; i++)
            {
                LogShard(logger, $"s{i}", "hunter22");
            }

            LogFailed(logger, new InvalidOperationException("password=hunter22"));
            provider.CreateLogger("Game.Streaming.Kafka.RecordWriter").LogError("not this: it would go round in circles");
        }

        var partition = Partitioner.PartitionOf("server-1"u8, 3);
        await using var reader = topic.Read(partition);
        var records = await reader.TakeAsync(51);
        var lines = records.ConvertAll(record => (LogRecord)TelemetryCodec.Instance.Decode(record));
        Assert.Equal(51, lines.Count);
        Assert.All(records, record => Assert.Equal("server-1", record.KeyText));
        Assert.All(records, record => Assert.DoesNotContain("hunter22", record.Text()));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"s{i}"), lines.Take(50).Select(line => line.Fields["Shard"]));
        Assert.Equal("Shard s7 with ***.", lines[7].Message);
        Assert.Equal(("warning", "Game.Test", "LogShard"), (lines[7].Level, lines[7].Category, lines[7].Event));
        Assert.Equal("error", lines[50].Level);
        Assert.StartsWith("System.InvalidOperationException: password=***", lines[50].Exception);
    }

    [Fact]
    public void With_the_broker_away_lines_cost_no_time_and_bounded_memory_and_are_counted()
    {
        const int Room = 500;
        const int Lines = 50_000;
        var nowhere = new KafkaOptions { BootstrapServers = $"127.0.0.1:{LocalPort.Free()}" };
        var writer = RecordWriter.Open(
            nowhere,
            new RecordWriterOptions { MaxQueuedRecords = Room, MaxWaitingCalls = 0, CloseTimeout = TimeSpan.FromMilliseconds(100) },
            TimeProvider.System,
            NullLogger<RecordWriter>.Instance);
        using var provider = new KafkaLoggerProvider(writer, "logs", "server-1", new SecretRedactor([]), TimeProvider.System);
        var logger = provider.CreateLogger("Game.Test");
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Lines; i++)
        {
            LogShard(logger, $"s{i}", "x");
        }

        // Waiting for a broker even once would take longer.
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromMinutes(1));
        var counters = writer.Counters;
        Assert.InRange(counters.Queued, 1, Room);
        Assert.Equal(Lines, provider.Dropped + counters.Accepted);
        Assert.Equal(counters.Refused, provider.Dropped);
        Assert.InRange(provider.Dropped, Lines - (2 * Room), Lines);
    }

    [Fact]
    public async Task The_first_line_after_dropped_ones_tells_how_many_they_were()
    {
        var topic = await kafka.CreateTopicAsync();
        await using var writer = topic.OpenWriter(new RecordWriterOptions { MaxQueuedRecords = 5, MaxWaitingCalls = 0, Linger = TimeSpan.FromSeconds(1) });
        using var provider = new KafkaLoggerProvider(writer, topic.Name, "server-1", new SecretRedactor([]), TimeProvider.System);
        var logger = provider.CreateLogger("Game.Test");
        var written = 0;
        for (; provider.Dropped < 7 && written < 100_000; written++)
        {
            LogShard(logger, $"s{written}", "x");
        }

        await writer.FlushAsync(TestContext.Current.CancellationToken);
        LogShard(logger, "last", "x");
        await writer.FlushAsync(TestContext.Current.CancellationToken);

        await using var reader = topic.Read();
        var lines = (await reader.TakeAsync(written + 1 - 7)).ConvertAll(record => (LogRecord)TelemetryCodec.Instance.Decode(record));
        Assert.Equal(7, provider.Dropped);

        // On a busy machine some were confirmed meanwhile, and made room for a line that told of those before it.
        Assert.Equal(7, lines.Sum(line => line.Dropped));
        Assert.Equal("last", lines[^1].Fields["Shard"]);
        Assert.InRange(lines[^1].Dropped, 1, 7);
    }

    [LoggerMessage(LogLevel.Warning, "Shard {Shard} with {What}.")]
    private static partial void LogShard(ILogger logger, string shard, string what);

    [LoggerMessage(LogLevel.Error, "It failed.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
