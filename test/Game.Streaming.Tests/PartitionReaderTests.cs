using System.Diagnostics;
using Game.LocalServers;

namespace Game.Streaming.Tests;

public sealed class PartitionReaderTests(KafkaFixture broker)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FirstStart_IsFromTheEarliestRecord_AndTheNextFromWhatWasCompleted()
    {
        var topic = await broker.CreateTopicAsync();
        await topic.WriteAsync(100);
        await using (var first = topic.Read())
        {
            var records = await first.TakeAsync(100);
            Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), records.Select(record => record.Text()));
            first.Complete(records.Take(60));
            await first.WaitForAsync(status => status.Committed == 60);
        }

        await using var second = topic.Read();
        Assert.Equal("60", (await second.TakeAsync(40))[0].Text());
    }

    [Fact]
    public async Task WhatIsReadAndNotCompleted_IsNeverCommitted()
    {
        var topic = await broker.CreateTopicAsync();
        await topic.WriteAsync(50);
        await using (var first = topic.Read())
        {
            // All but the first: there is no prefix to commit.
            var records = await first.TakeAsync(50);
            first.Complete(records.Skip(1));
            await first.CommitAsync(Cancelled);
            Assert.Null(first.Status.Committed);
        }

        await using var second = topic.Read();
        Assert.Equal("0", (await second.TakeAsync(50))[0].Text());
    }

    [Fact]
    public async Task CompletedPrefix_IsCommittedByItself()
    {
        var topic = await broker.CreateTopicAsync();
        await topic.WriteAsync(10);
        await using var reader = topic.Read();
        reader.Complete((await reader.TakeAsync(10)).Take(7));
        await reader.WaitForAsync(status => status.Committed == 7);
    }

    [Fact]
    public async Task ConsumerKilledBetweenEffectAndCommit_LosesNothing_AndRepeatsOnly()
    {
        const int Records = 2000;
        var topic = await broker.CreateTopicAsync();
        await topic.WriteAsync(Records);
        var effects = new List<int>();
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        while (!effects.Contains(Records - 1))
        {
            using var child = Process.Start(new ProcessStartInfo(
                Environment.ProcessPath!,
                [typeof(ConsumerChild).Assembly.Location, ConsumerChild.Argument, topic.Kafka.BootstrapServers, topic.Name, Topic.Group])
            { RedirectStandardOutput = true })!;
            try
            {
                var seen = effects.Count;
                var life = random.Next(50, 700);
                while (effects.Count - seen < life && await child.StandardOutput.ReadLineAsync(Cancelled) is { } line)
                {
                    effects.Add(int.Parse(line, null));
                    if (effects[^1] == Records - 1)
                    {
                        break;
                    }
                }

                Assert.True(effects.Count > seen, $"seed {seed}: the consumer got nothing.");
            }
            finally
            {
                child.Kill();
                await child.WaitForExitAsync(Cancelled);
            }
        }

        // Each life goes on where one before it has been, or earlier: what is new is always the next one.
        var next = 0;
        foreach (var effect in effects)
        {
            Assert.True(effect <= next, $"seed {seed}: {effect} came where {next} was due.");
            next = Math.Max(next, effect + 1);
        }

        Assert.Equal(Records, next);
    }

    [Fact]
    public async Task TwoReadersOfOnePartition_ReadEverythingTwice_AndLoseNothing()
    {
        var topic = await broker.CreateTopicAsync();
        await topic.WriteAsync(200);
        await using (var old = topic.Read())
        await using (var young = topic.Read())
        {
            var (ofOld, ofYoung) = (await old.TakeAsync(200), await young.TakeAsync(200));
            young.Complete(ofYoung);
            await young.CommitAsync(Cancelled);

            // The one that is to give way commits last, and less: records come again.
            old.Complete(ofOld.Take(120));
            await old.CommitAsync(Cancelled);
        }

        await topic.WriteAsync(10, from: 200);
        await using var third = topic.Read();
        var records = (await third.TakeAsync(10)).Select(record => int.Parse(record.Text(), null)).ToList();
        Assert.InRange(records[0], 0, 200);
        await third.WaitForAsync(status => status.Read == 210);
    }

    [Fact]
    public async Task SlowConsumer_BoundsWhatIsReadAhead()
    {
        var topic = await broker.CreateTopicAsync();
        await topic.WriteAsync(5000);
        await using var reader = topic.Read(with: options => options with { BatchRecords = 10, BufferedBatches = 3 });
        await reader.WaitForAsync(status => status.End == 5000 && status.Read >= 30);

        // Three batches wait; a fourth is not begun before one is taken.
        await topic.WriteAsync(5, from: 5000);
        await reader.WaitForAsync(status => status.Lag == 5005);
        Assert.InRange(reader.InFlight, 1, 30);
        Assert.Equal(Enumerable.Range(0, 5005).Select(i => $"{i}"), (await reader.TakeAsync(5005)).Select(record => record.Text()));
    }

    [Fact]
    public async Task Lag_IsWhatIsNotYetHandled()
    {
        var topic = await broker.CreateTopicAsync();
        await topic.WriteAsync(30);
        await using var reader = topic.Read();
        var records = await reader.TakeAsync(30);
        await reader.WaitForAsync(status => status.Lag == 30);
        reader.Complete(records.Take(12));
        await reader.WaitForAsync(status => status.Lag == 18);
        reader.Complete(records);
        await reader.WaitForAsync(status => status.Lag == 0);
        await topic.WriteAsync(5);
        await reader.WaitForAsync(status => status.Lag == 5);
    }

    [Fact]
    public async Task RecordsThatTheRetentionTook_AreCounted()
    {
        var topic = await broker.CreateTopicAsync();
        await topic.WriteAsync(20);
        await using (var first = topic.Read())
        {
            first.Complete((await first.TakeAsync(20)).Take(5));
            await first.WaitForAsync(status => status.Committed == 5);
        }

        await topic.DeleteRecordsAsync(before: 12);
        await using var second = topic.Read();
        Assert.Equal("12", (await second.TakeAsync(8))[0].Text());
        Assert.Equal(7, second.Status.Missing);
    }

    [Fact]
    public async Task TopicThatIsDeletedAndMadeAgain_IsReadFromItsBeginning()
    {
        var topic = await broker.CreateTopicAsync();
        await topic.WriteAsync(20);
        await using var reader = topic.Read();
        reader.Complete(await reader.TakeAsync(20));
        await reader.CommitAsync(Cancelled);
        await topic.DeleteAsync();
        await topic.CreateAsync();
        await topic.WriteAsync(8, from: 100);
        var records = await reader.TakeAsync(8);
        Assert.Equal(Enumerable.Range(100, 8).Select(i => $"{i}"), records.Select(record => record.Text()));
        reader.Complete(records);
        await reader.WaitForAsync(status => status.Committed == 8);
    }

    [Fact]
    public async Task BrokerKilledAndBack_TheReaderGoesOn()
    {
        await broker.GetAsync();
        await using var server = await KafkaServer.StartAsync(cancellationToken: Cancelled);
        var topic = await Topic.CreateAsync(server);
        await topic.WriteAsync(100);
        await using var reader = topic.Read();
        reader.Complete(await reader.TakeAsync(100));
        await reader.CommitAsync(Cancelled);
        await server.KillAsync();
        await server.RestartAsync(cancellationToken: Cancelled);
        await topic.WriteAsync(100, from: 100);
        var records = await reader.TakeAsync(100);
        Assert.Equal(Enumerable.Range(100, 100).Select(i => $"{i}"), records.Select(record => record.Text()));
        reader.Complete(records);
        await reader.WaitForAsync(status => status.Committed == 200);
    }

    /// <summary>Each of the two brokers that are not the controller dies while it leads some of the partitions.</summary>
    [Fact]
    public async Task LeadersThatMove_AreFollowed_AndNothingIsLostOrRepeated()
    {
        const int Partitions = 6;
        const int Each = 100;
        await broker.GetAsync();
        await using var server = await KafkaServer.StartAsync(brokers: 3, cancellationToken: Cancelled);
        var topic = await Topic.CreateAsync(server, partitions: Partitions, replication: 3);
        await using var writer = topic.OpenWriter();
        var readers = Enumerable.Range(0, Partitions).Select(partition => topic.Read(partition)).ToList();
        try
        {
            var written = 0;
            foreach (var dead in (int?[])[null, 1, 2])
            {
                if (dead is { } leader)
                {
                    await server.KillAsync(leader);
                }

                var from = written;
                await Task.WhenAll(Enumerable.Range(0, Partitions * Each).Select(i => writer.WriteAsync(
                    topic.Record("k", $"{from + (i / Partitions)}") with { Partition = i % Partitions }, Cancelled)));
                written += Each;
                foreach (var reader in readers)
                {
                    var records = await reader.TakeAsync(Each);
                    Assert.Equal(Enumerable.Range(from, Each).Select(i => $"{i}"), records.Select(record => record.Text()));
                    reader.Complete(records);
                    await reader.WaitForAsync(status => status.Committed == written);
                }

                if (dead is { } back)
                {
                    await server.RestartAsync(back, Cancelled);
                }
            }
        }
        finally
        {
            foreach (var reader in readers)
            {
                await reader.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task ReaderWithoutGroup_StartsWhereItIsTold_AndCommitsNothing()
    {
        var topic = await broker.CreateTopicAsync();
        await topic.WriteAsync(20);
        await using var reader = topic.Read(group: null, with: options => options with { StartAt = 15 });
        Assert.Equal("15", (await reader.TakeAsync(5))[0].Text());
        await Assert.ThrowsAsync<InvalidOperationException>(() => reader.CommitAsync(Cancelled));
    }
}
