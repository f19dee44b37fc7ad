using System.Diagnostics;
using Game.LocalServers;
using Game.Streaming.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Streaming.Tests;

public sealed class RecordWriterTests(KafkaFixture broker)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Records_KeepTheOrderOfEachKey_AndAreAccountedFor()
    {
        const int Keys = 16;
        const int Each = 500;
        var topic = await broker.CreateTopicAsync(partitions: 4);
        await using (var writer = topic.OpenWriter(new RecordWriterOptions { MaxQueuedRecords = 200, MaxWaitingCalls = 10_000 }))
        {
            // Most calls wait for room: they keep their place.
            await Task.WhenAll(Enumerable.Range(0, Keys * Each)
                .Select(i => writer.WriteAsync(topic.Record($"k{i % Keys}", $"{i / Keys}"), Cancelled)));
            Assert.Equal(new WriterCounters(Keys * Each, Keys * Each, 0, 0, 0, 0, 0), writer.Counters);
        }

        var seen = new Dictionary<string, int>();
        for (var partition = 0; partition < 4; partition++)
        {
            await using var reader = topic.Read(partition);
            await reader.WaitForAsync(status => status.End is not null);
            foreach (var record in await reader.TakeAsync((int)reader.Status.End!.Value))
            {
                Assert.Equal($"{seen.GetValueOrDefault(record.KeyText)}", record.Text());
                seen[record.KeyText] = seen.GetValueOrDefault(record.KeyText) + 1;
            }
        }

        Assert.All(seen, key => Assert.Equal(Each, key.Value));
        Assert.Equal(Keys, seen.Count);
    }

    [Fact]
    public async Task RecordOverTheLimit_FailsAlone_WhoeverSetTheLimit()
    {
        var topic = await broker.CreateTopicAsync(maxRecordBytes: 5000);
        await using var writer = topic.OpenWriter(new RecordWriterOptions { MaxRecordBytes = 20_000, Compress = false });
        var before = writer.WriteAsync(topic.Record("k", "before"), Cancelled);
        var overOurs = await Assert.ThrowsAsync<RecordWriteException>(
            () => writer.WriteAsync(topic.Record("k", new string('x', 30_000)), Cancelled));
        await before;
        var overTheirs = await Assert.ThrowsAsync<RecordWriteException>(
            () => writer.WriteAsync(topic.Record("k", new string('x', 10_000)), Cancelled));
        await writer.WriteAsync(topic.Record("k", "after"), Cancelled);

        Assert.All(
            [overOurs, overTheirs], exception => Assert.True(exception is { IsTooLarge: true, MayBeStored: false }, exception.Message));
        Assert.Equal((2, 2, 0), (writer.Counters.Confirmed, writer.Counters.Failed, writer.Counters.Unknown));
        await using var reader = topic.Read();
        Assert.Equal(["before", "after"], (await reader.TakeAsync(2)).Select(record => record.Text()));
    }

    [Fact]
    public async Task FullQueue_MakesCallsWait_AndHoldsNoMoreThanItsLimit()
    {
        const int Room = 50;
        await using var writer = Away(new RecordWriterOptions
        {
            MaxQueuedRecords = Room,
            MaxWaitingCalls = 10,
            CloseTimeout = TimeSpan.FromMilliseconds(200),
        });
        var queued = Enumerable.Range(0, Room).Select(_ => writer.WriteAsync(Anything(1000), Cancelled)).ToList();
        using var impatient = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, 10).Select(i => writer.WriteAsync(Anything(1000), i == 0 ? impatient.Token : Cancelled)).ToList();

        Assert.False(writer.TryWrite(Anything(1000)));
        var refused = await Assert.ThrowsAsync<RecordWriteException>(() => writer.WriteAsync(Anything(1000), Cancelled));
        Assert.False(refused.MayBeStored);
        var counters = writer.Counters;
        Assert.Equal((Room, Room, 2), (counters.Accepted, counters.Queued, counters.Refused));

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting[0]);

        // Nothing is left without an answer.
        await writer.DisposeAsync();
        foreach (var write in queued.Concat(waiting.Skip(1)))
        {
            await Assert.ThrowsAsync<RecordWriteException>(() => write);
        }

        Assert.Equal((0, Room), (writer.Counters.Queued, writer.Counters.Failed + writer.Counters.Unknown));
    }

    [Fact]
    public async Task FullQueue_CountsBytes()
    {
        await using var writer = Away(new RecordWriterOptions { MaxQueuedBytes = 10_000, CloseTimeout = TimeSpan.FromMilliseconds(200) });
        Assert.True(writer.TryWrite(Anything(6000)));
        Assert.False(writer.TryWrite(Anything(6000)));
        Assert.True(writer.TryWrite(Anything(3000)));
    }

    [Fact]
    public async Task BrokerAwayForAWhile_MemoryStaysBounded_AndNothingIsLost()
    {
        const int Records = 20_000;
        const int Size = 4_000;
        await broker.GetAsync();
        await using var server = await KafkaServer.StartAsync(cancellationToken: Cancelled);
        var topic = await Topic.CreateAsync(server);
        await using var writer = topic.OpenWriter(new RecordWriterOptions { MaxQueuedBytes = 4 * 1024 * 1024, Compress = false });
        await writer.WriteAsync(topic.Record("k", "first"), Cancelled);
        await server.KillAsync();
        var (produced, mostQueued) = (0, 0L);
        var producing = Task.Run(async () =>
        {
            var window = new Queue<Task>();
            for (; produced < Records; produced++)
            {
                window.Enqueue(writer.WriteAsync(topic.Record("k", new string('x', Size)), Cancelled));
                mostQueued = Math.Max(mostQueued, writer.Counters.QueuedBytes);
                if (window.Count > 2000)
                {
                    await window.Dequeue();
                }
            }

            await Task.WhenAll(window);
        }, Cancelled);

        // It comes to a halt by itself, with far less than everything in memory.
        while (produced < 2000)
        {
            await Task.Delay(10, Cancelled);
        }

        Assert.False(producing.IsCompleted);
        Assert.True(produced < Records / 2);
        await server.RestartAsync(cancellationToken: Cancelled);
        await producing;
        Assert.InRange(mostQueued, 1, 4 * 1024 * 1024);
        Assert.Equal((Records + 1, 0, 0), (writer.Counters.Confirmed, writer.Counters.Failed, writer.Counters.Unknown));
    }

    [Fact]
    public async Task BrokerKilledTwiceUnderLoad_EveryRecordIsThereExactlyOnce_InOrder()
    {
        const int Keys = 4;
        const int Each = 6000;
        await broker.GetAsync();
        await using var server = await KafkaServer.StartAsync(cancellationToken: Cancelled);
        var topic = await Topic.CreateAsync(server, partitions: 2);
        await using (var writer = topic.OpenWriter())
        {
            var confirmed = 0;
            var writing = Enumerable.Range(0, Keys).Select(key => Task.Run(async () =>
            {
                var window = new Queue<Task>();
                for (var i = 0; i < Each; i++)
                {
                    window.Enqueue(writer.WriteAsync(topic.Record($"k{key}", $"{i}"), Cancelled));
                    if (window.Count > 50)
                    {
                        await window.Dequeue();
                        Interlocked.Increment(ref confirmed);
                    }
                }

                await Task.WhenAll(window);
            })).ToArray();
            foreach (var mark in new[] { Keys * Each / 4, Keys * Each / 2 })
            {
                while (Volatile.Read(ref confirmed) < mark)
                {
                    await Task.Delay(5, Cancelled);
                }

                await server.KillAsync();
                await Task.Delay(TimeSpan.FromMilliseconds(500), Cancelled);
                await server.RestartAsync(cancellationToken: Cancelled);
            }

            await Task.WhenAll(writing);
            Assert.Equal(new WriterCounters(Keys * Each, Keys * Each, 0, 0, 0, 0, 0), writer.Counters);
        }

        var next = new Dictionary<string, int>();
        for (var partition = 0; partition < 2; partition++)
        {
            await using var reader = topic.Read(partition);
            await reader.WaitForAsync(status => status.End is not null);
            foreach (var record in await reader.TakeAsync((int)reader.Status.End!.Value))
            {
                Assert.Equal($"{next.GetValueOrDefault(record.KeyText)}", record.Text());
                next[record.KeyText] = next.GetValueOrDefault(record.KeyText) + 1;
            }
        }

        Assert.All(next, key => Assert.Equal(Each, key.Value));
        Assert.Equal(Keys, next.Count);
    }

    /// <summary>A broker whose disk is full gives up its log, which is its only one, and ends; with room again it comes back.</summary>
    [Fact]
    public async Task BrokerWhoseDiskIsFull_Ends_AndNothingIsLostOnceItIsBackWithRoom()
    {
        const int Records = 12_000;
        const int Size = 4_000;
        const long Room = 24 * 1024 * 1024;
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs prlimit");
        await broker.GetAsync();
        await using var server = await KafkaServer.StartAsync(cancellationToken: Cancelled);
        var topic = await Topic.CreateAsync(server);
        await using (var writer = topic.OpenWriter(new RecordWriterOptions { MaxQueuedBytes = 4 * 1024 * 1024, Compress = false }))
        {
            await writer.WriteAsync(topic.Record("k", $"{0:D8}{new string('x', Size)}"), Cancelled);
            await server.LimitFilesAsync(Room);
            var writing = Task.Run(
                async () =>
                {
                    var window = new Queue<Task>();
                    for (var i = 1; i < Records; i++)
                    {
                        window.Enqueue(writer.WriteAsync(topic.Record("k", $"{i:D8}{new string('x', Size)}"), Cancelled));
                        if (window.Count > 1000)
                        {
                            await window.Dequeue();
                        }
                    }

                    await Task.WhenAll(window);
                },
                Cancelled);
            await server.EndedAsync(cancellationToken: Cancelled).WaitAsync(TimeSpan.FromSeconds(60), Cancelled);
            Assert.InRange(writer.Counters.Confirmed, 1, Room / Size);
            Assert.False(writing.IsCompleted);
            await server.RestartAsync(cancellationToken: Cancelled);
            await writing;
            Assert.Equal(new WriterCounters(Records, Records, 0, 0, 0, 0, 0), writer.Counters);
        }

        await using var reader = topic.Read();
        var numbers = (await reader.TakeAsync(Records)).Select(record => int.Parse(record.Text().AsSpan(0, 8), null));
        Assert.Equal(Enumerable.Range(0, Records), numbers);
        Assert.Equal(Records, reader.Status.End);
    }

    /// <summary>Three brokers; one goes for good while it leads partitions.</summary>
    [Fact]
    public async Task BrokerThatStaysAway_LeavesItsPartitionsToTheOthers_AndNothingIsLost()
    {
        const int Records = 6000;
        await broker.GetAsync();
        await using var server = await KafkaServer.StartAsync(brokers: 3, cancellationToken: Cancelled);
        var topic = await Topic.CreateAsync(server, partitions: 3, replication: 3);
        await using var writer = topic.OpenWriter();
        var window = new Queue<Task>();
        for (var i = 0; i < Records; i++)
        {
            window.Enqueue(writer.WriteAsync(topic.Record($"k{i % 12}", $"{i}"), Cancelled));
            if (window.Count > 200)
            {
                await window.Dequeue();
            }

            if (i == Records / 3)
            {
                // Not the first, which is the only controller.
                await server.KillAsync(1);
            }
        }

        await Task.WhenAll(window);
        Assert.Equal(new WriterCounters(Records, Records, 0, 0, 0, 0, 0), writer.Counters);
        var seen = new List<int>();
        for (var partition = 0; partition < 3; partition++)
        {
            await using var reader = topic.Read(partition, group: null);
            await reader.WaitForAsync(status => status.End is not null);
            var numbers = (await reader.TakeAsync((int)reader.Status.End!.Value)).Select(record => int.Parse(record.Text(), null)).ToList();
            Assert.Equal(numbers.Order(), numbers);
            seen.AddRange(numbers);
        }

        Assert.Equal(Enumerable.Range(0, Records), seen.Order());
    }

    [Fact]
    public async Task TopicThatIsDeletedAndMadeAgain_IsWrittenAgain()
    {
        var topic = await broker.CreateTopicAsync();
        await using var writer = topic.OpenWriter(new RecordWriterOptions { DeliveryTimeout = TimeSpan.FromSeconds(5) });
        await UntilWrittenAsync("old");
        await topic.DeleteAsync();

        var failure = await Assert.ThrowsAsync<RecordWriteException>(() => writer.WriteAsync(topic.Record("k", "lost"), Cancelled));
        Assert.NotEmpty(failure.Message);
        await topic.CreateAsync();
        await UntilWrittenAsync("new");
        var counters = writer.Counters;
        Assert.Equal(counters.Accepted, counters.Confirmed + counters.Failed + counters.Unknown);
        await using var reader = topic.Read();
        Assert.Contains("new", (await reader.TakeAsync(1)).Select(record => record.Text()));

        // Until the client has heard of the topic.
        async Task UntilWrittenAsync(string text)
        {
            for (var started = Stopwatch.GetTimestamp(); ;)
            {
                try
                {
                    await writer.WriteAsync(topic.Record("k", text), Cancelled);
                    return;
                }
                catch (RecordWriteException) when (Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(3))
                {
                }
            }
        }
    }

    private static StreamRecord Anything(int size) => new("nowhere", "k", new byte[size]);

    /// <summary>A writer whose brokers never answer.</summary>
    private static RecordWriter Away(RecordWriterOptions options) => RecordWriter.Open(
        new KafkaOptions { BootstrapServers = $"127.0.0.1:{LocalPort.Free()}" },
        options,
        TimeProvider.System,
        NullLogger<RecordWriter>.Instance);
}
