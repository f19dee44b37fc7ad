using Game.Contracts.Analytics;
using Game.Contracts.Streams;
using Game.Domain.Analytics.Windows;
using Game.Grains.EventSourcing;
using Game.Grains.Streams;
using Game.Streaming.Kafka;

namespace Game.Benchmarks.Streaming;

/// <summary>One shard with its streams over Kafka, its windows in SQLite. Its log is published nowhere.</summary>
internal sealed class AnalyticsShard : IAsyncDisposable
{
    public const string Name = "s01";
    public const int Partitions = 4;

    private static readonly IReadOnlyList<string> Names = [Name];

    private readonly Shards _shards;

    private AnalyticsShard(Shards shards)
    {
        _shards = shards;
    }

    /// <summary>The topic as silos read and write it.</summary>
    public static StreamTopic Topic { get; } = CreateTopic();

    private IGrainFactory Grains => _shards.Hosts[0].Grains;

    public static async Task<AnalyticsShard> StartAsync(KafkaOptions kafka, RecordWriter writer, CancellationToken cancellationToken)
    {
        var setup = new ShardsSetup
        {
            Streams = options =>
            {
                options.Kafka = kafka;
                options.Writer = writer;
                options.Topics.Add(Topic);
            },
        };
        return new AnalyticsShard(await Shards.StartAsync(setup, cancellationToken));
    }

    /// <summary>Actions that are durable in every window they belong to.</summary>
    public async Task<long> CountAsync()
    {
        var counted = 0L;
        for (var number = 0; number < ActionStreams.Buckets; number++)
        {
            var bucket = Grains.GetGrain<IActionBucketGrain>($"1.{ActionStreams.BucketOf(Name, number)}");
            counted += (await bucket.GetStatusAsync()).Counters.Counted;
        }

        return counted;
    }

    /// <summary>The offset up to which a bucket's actions can be read in the windows of an action's minute.</summary>
    public async Task<long> ReadableUpToAsync(PlayerAction action)
    {
        var window = WindowKey.Of(1, "behaviour", Resolution.Minute, Resolutions.MinuteOf(action.At)).ToString();
        return (await Grains.GetGrain<IWindowGrain>(window).GetMarkAsync(ActionStreams.BucketOf(action.Player))).Sequence;
    }

    public ValueTask DisposeAsync() => _shards.DisposeAsync();

    private static StreamTopic CreateTopic()
    {
        var places = new ShardPartitions(Names, Partitions);
        var json = new JsonRecordCodec([new RecordType(typeof(PlayerAction), "game.analytics.action")], EventCodec.Json);
        return new StreamTopic(StreamTopics.PlayerActions, places.Count, new PlayerActionCodec(json)) { PartitionOf = places.PartitionOf };
    }
}
