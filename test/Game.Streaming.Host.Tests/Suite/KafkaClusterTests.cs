using System.Text.Json;
using Game.GrainModel.Conformance;
using Game.Hosting.Streams;
using Game.Streaming.Host.Tests.Suite;
using Game.Streaming.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace Game.Streaming.Host.Tests.Orleans;

/// <summary>Two silos of one cluster share the partitions, and batches travel between them.</summary>
public sealed class KafkaClusterTests(KafkaFixture broker)
{
    private const string Provider = "kafka";
    private const int Partitions = 4;

    [Fact]
    public async Task SilosOfACluster_ShareThePartitions_AndOneThatLeavesHandsItsOver()
    {
        var server = await broker.GetAsync();
        var topic = new Topic(
            new KafkaOptions { BootstrapServers = server.BootstrapServers },
            new TopicSpec(HappeningGrain.Topic, Partitions, 1, TimeSpan.FromDays(1)));
        foreach (var name in new[] { topic.Name, DeadLetters.TopicOf(topic.Name) })
        {
            await topic.DeleteIfThereAsync(name);
        }

        await topic.CreateAsync();
        await using var writer = topic.OpenWriter();
        var builder = new InProcessTestClusterBuilder(initialSilosCount: 2) { Options = { ConfigureFileLogging = false } };
        builder.ConfigureSilo((_, silo) => silo.AddKafkaStreams(Provider, options =>
        {
            options.Kafka = topic.Kafka;
            options.Writer = writer;
            options.Topics.Add(new StreamTopic(
                topic.Name,
                Partitions,
                new JsonRecordCodec([new RecordType(typeof(Happening), "suite.happening")], JsonSerializerOptions.Web)));
            options.Group = Topic.Group;
            options.CommitInterval = TimeSpan.FromMilliseconds(100);
        }));
        await using var cluster = builder.Build();
        await cluster.DeployAsync(TestContext.Current.CancellationToken);

        string[] keys = [.. Enumerable.Range(0, 24).Select(i => $"t{Guid.NewGuid():N}-{i}")];
        var streams = cluster.Silos[0].ServiceProvider.GetRequiredKeyedService<IStreamProvider>(Provider);
        await ProduceAsync(streams, keys, 1);
        await cluster.StopSiloAsync(cluster.Silos[1], TestContext.Current.CancellationToken);
        await ProduceAsync(streams, keys, 2);
        foreach (var key in keys)
        {
            // A partition has two owners while it changes hands: what comes may come again.
            await Journal.Of(key).WaitForAsync("2");
            Assert.Contains("1", Journal.Of(key).Entries);
            Assert.DoesNotContain("error", Journal.Of(key).Entries);
        }
    }

    private static async Task ProduceAsync(IStreamProvider streams, string[] keys, int number)
    {
        await Task.WhenAll(keys.Select(
            key => streams.GetStream<Happening>(StreamId.Create(HappeningGrain.Topic, key)).OnNextAsync(new Happening(number))));
        foreach (var key in keys)
        {
            await Journal.Of(key).WaitForAsync($"{number}");
        }
    }
}
