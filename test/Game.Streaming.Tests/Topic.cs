using System.Text;
using Confluent.Kafka;
using Game.LocalServers;
using Game.Streaming.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Streaming.Tests;

/// <summary>A topic of one test, with its dead letters.</summary>
public sealed class Topic(KafkaOptions kafka, TopicSpec spec)
{
    public const string Group = "test";

    public KafkaOptions Kafka => kafka;

    public string Name => spec.Name;

    public static async Task<Topic> CreateAsync(
        KafkaServer server, int partitions = 1, int maxRecordBytes = 1_048_588, short replication = 1)
    {
        var topic = new Topic(
            new KafkaOptions { BootstrapServers = server.BootstrapServers },
            new TopicSpec($"t{Guid.NewGuid():N}", partitions, replication, TimeSpan.FromDays(1), maxRecordBytes));
        await topic.CreateAsync();
        return topic;
    }

    public async Task CreateAsync()
    {
        using var administration = new TopicAdministration(kafka);
        Assert.Empty(await administration.MakeAsync([spec, spec.DeadLetters()]));
    }

    /// <summary>Deletes the topic; returns when the broker no longer has it.</summary>
    public async Task DeleteAsync(string? name = null)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        await admin.DeleteTopicsAsync([name ?? Name]);
        using var administration = new TopicAdministration(kafka);
        while ((await administration.DescribeAsync([name ?? Name])).Count > 0)
        {
            await Task.Delay(20);
        }
    }

    /// <inheritdoc cref="DeleteAsync"/>
    public async Task DeleteIfThereAsync(string name)
    {
        using var administration = new TopicAdministration(kafka);
        if ((await administration.DescribeAsync([name])).Count > 0)
        {
            await DeleteAsync(name);
        }
    }

    /// <summary>As the retention would: the records before the offset are gone.</summary>
    public async Task DeleteRecordsAsync(long before)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        await admin.DeleteRecordsAsync([new TopicPartitionOffset(Name, 0, before)]);
    }

    /// <summary>What <see cref="Group"/> has committed, over all partitions.</summary>
    public async Task<long> CommittedAsync(int partitions)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        var places = Enumerable.Range(0, partitions).Select(partition => new TopicPartition(Name, partition)).ToList();
        var offsets = await admin.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions(Group, places)]);
        return offsets[0].Partitions.Sum(partition => Math.Max(0, partition.Offset.Value));
    }

    public RecordWriter OpenWriter(RecordWriterOptions? options = null) =>
        RecordWriter.Open(kafka, options ?? new RecordWriterOptions(), TimeProvider.System, NullLogger<RecordWriter>.Instance);

    public PartitionReader Read(int partition = 0, string? group = Group, Func<PartitionReaderOptions, PartitionReaderOptions>? with = null)
    {
        var options = new PartitionReaderOptions
        {
            Topic = Name,
            Partition = partition,
            Group = group,
            CommitInterval = TimeSpan.FromMilliseconds(100),
        };
        return PartitionReader.Start(kafka, with?.Invoke(options) ?? options, TimeProvider.System, NullLogger<PartitionReader>.Instance);
    }

    public PartitionReader ReadDeadLetters() => PartitionReader.Start(
        kafka,
        new PartitionReaderOptions { Topic = DeadLetters.TopicOf(Name), Partition = 0 },
        TimeProvider.System,
        NullLogger<PartitionReader>.Instance);

    public StreamRecord Record(string key, string value) => new(Name, key, Encoding.UTF8.GetBytes(value));

    /// <summary>Writes records 0, 1, … in order.</summary>
    public async Task WriteAsync(int count, int from = 0)
    {
        await using var writer = OpenWriter();
        await Task.WhenAll(Enumerable.Range(from, count).Select(i => writer.WriteAsync(Record($"k{i % 7}", $"{i}"))));
    }
}
