using System.Text;
using System.Text.Json;
using Game.Streaming.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Streaming.Tests;

public sealed class DeadLetterTests(KafkaFixture broker)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Poison_IsPutAsideWhole_AndBlocksNothing()
    {
        var topic = await broker.CreateTopicAsync();
        await using var writer = topic.OpenWriter();
        var codec = new JsonRecordCodec([new RecordType(typeof(int), "test.number")], JsonSerializerOptions.Web);
        await writer.WriteAsync(codec.Encode(topic.Name, "k", 1), Cancelled);
        var poison = await writer.WriteAsync(
            topic.Record("poison", "not a number") with { Headers = [new("origin", "elsewhere")] }, Cancelled);
        await writer.WriteAsync(codec.Encode(topic.Name, "k", 2), Cancelled);
        await writer.WriteAsync(codec.Encode(topic.Name, "k", 13), Cancelled);
        await writer.WriteAsync(codec.Encode(topic.Name, "k", 3), Cancelled);

        var (handled, tries) = (new List<int>(), 0);
        await using var reader = topic.Read();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var running = Pump(reader, writer).RunAsync(
            (record, _) =>
            {
                var number = (int)codec.Decode(record);
                if (number == 13)
                {
                    tries++;
                    throw new InvalidOperationException("never");
                }

                handled.Add(number);
                return Task.CompletedTask;
            },
            stop.Token);
        await reader.WaitForAsync(status => status.Committed == 5);
        await stop.CancelAsync();
        await running;

        Assert.Equal([1, 2, 3], handled);
        Assert.Equal(3, tries);
        await using var letters = topic.ReadDeadLetters();
        var records = await letters.TakeAsync(2);
        Assert.Equal("not a number", records[0].Text());
        Assert.Equal(("poison", "elsewhere"), (records[0].KeyText, records[0].Header("origin")));
        Assert.Equal($"{topic.Name}/0/{poison.Offset}", records[0].Header(RecordHeaders.DeadLetterSource));
        Assert.Contains("no header type", records[0].Header(RecordHeaders.DeadLetterReason), StringComparison.Ordinal);
        Assert.Contains("InvalidOperationException", records[1].Header(RecordHeaders.DeadLetterReason), StringComparison.Ordinal);
        Assert.Equal(13, codec.Decode(records[1]));
    }

    [Fact]
    public async Task NothingIsCommittedPastPoison_BeforeItIsPutAside()
    {
        var topic = await broker.CreateTopicAsync();
        await topic.DeleteAsync(DeadLetters.TopicOf(topic.Name));
        await topic.WriteAsync(3);
        await using var writer = topic.OpenWriter(new RecordWriterOptions { DeliveryTimeout = TimeSpan.FromSeconds(1) });
        await using (var reader = topic.Read())
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
            var running = Pump(reader, writer).RunAsync(
                (record, _) => record.Text() == "1" ? throw new RecordCodecException("poison") : Task.CompletedTask, stop.Token);
            await reader.WaitForAsync(_ => writer.Counters.Failed + writer.Counters.Unknown > 0);
            await reader.CommitAsync(Cancelled);
            Assert.Equal(1, reader.Status.Committed);

            await topic.CreateAsync();
            await reader.WaitForAsync(status => status.Committed == 3);
            await stop.CancelAsync();
            await running;
        }

        await using var letters = topic.ReadDeadLetters();
        Assert.Equal("1", (await letters.TakeAsync(1))[0].Text());
    }

    /// <summary>The headers of a dead letter come on top: a record of exactly the limit still fits.</summary>
    [Fact]
    public async Task LargestRecord_CanBePutAside()
    {
        var topic = await broker.CreateTopicAsync(maxRecordBytes: 10_000);
        await using var writer = topic.OpenWriter(new RecordWriterOptions { Compress = false });
        await writer.WriteAsync(topic.Record("k", new string('x', 9_800)), Cancelled);
        await using var reader = topic.Read();
        var record = (await reader.TakeAsync(1))[0];
        await new DeadLetters(writer, TimeProvider.System, NullLogger<DeadLetters>.Instance)
            .PutAsync(record, new string('r', 5000), Cancelled);
        await using var letters = topic.ReadDeadLetters();
        var letter = (await letters.TakeAsync(1))[0];
        Assert.Equal(9_800, letter.Value.Length);
        Assert.Equal(1000, Encoding.UTF8.GetByteCount(letter.Header(RecordHeaders.DeadLetterReason)!));
    }

    private static RecordPump Pump(PartitionReader reader, RecordWriter writer) => new(
        reader,
        new DeadLetters(writer, TimeProvider.System, NullLogger<DeadLetters>.Instance),
        TimeProvider.System,
        NullLogger<RecordPump>.Instance)
    {
        MaxTries = 3,
        RetryDelay = TimeSpan.FromMilliseconds(10),
    };
}
