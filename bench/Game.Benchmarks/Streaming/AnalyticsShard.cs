using Game.Broadcast.InProcess;
using Game.Contracts.Analytics;
using Game.Contracts.Streams;
using Game.Domain.Analytics.Windows;
using Game.EventStore.Sqlite;
using Game.Grains;
using Game.Grains.EventSourcing;
using Game.Grains.Hosting;
using Game.Grains.Streams;
using Game.Hosting.Embedded;
using Game.Streaming.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Benchmarks.Streaming;

/// <summary>One shard on the embedded host with its streams over Kafka, its windows in SQLite. Its log is published nowhere.</summary>
internal sealed class AnalyticsShard : IAsyncDisposable
{
    public const string Name = "s01";
    public const int Partitions = 4;

    private static readonly IReadOnlyList<string> Names = [Name];

    private readonly string _folder = Directory.CreateTempSubdirectory("game-analytics-").FullName;
    private readonly SqliteEventStore _store;
    private readonly InProcessBus _bus;
    private IShardHost? _host;

    private AnalyticsShard()
    {
        _store = SqliteEventStore.Open(Path.Combine(_folder, "events.db"));
        _bus = InProcessBus.Open(
            new InProcessBusOptions { Path = Path.Combine(_folder, "bus.db") }, TimeProvider.System, NullLogger<InProcessBus>.Instance);
    }

    /// <summary>The topic as silos read and write it.</summary>
    public static StreamTopic Topic { get; } = CreateTopic();

    public static async Task<AnalyticsShard> StartAsync(KafkaOptions kafka, RecordWriter writer, CancellationToken cancellationToken)
    {
        var shard = new AnalyticsShard();
        shard._host = await ShardHost.StartAsync(
            new ShardHostOptions
            {
                Shard = new ShardIdentity(Name, Names),
                Store = shard._store,
                Reminders = shard._store.Items("reminders"),
                Bus = shard._bus,
                Streams = options =>
                {
                    options.Kafka = kafka;
                    options.Writer = writer;
                    options.Topics.Add(Topic);
                },
                LoggerFactory = NullLoggerFactory.Instance,
            },
            cancellationToken);
        await shard._host.Traffic.DeclareAsync(cancellationToken);
        await shard._host.Traffic.StartAsync(cancellationToken);
        return shard;
    }

    /// <summary>Actions that are durable in every window they belong to.</summary>
    public async Task<long> CountAsync()
    {
        var counted = 0L;
        for (var number = 0; number < ActionStreams.Buckets; number++)
        {
            var bucket = _host!.Grains.GetGrain<IActionBucketGrain>($"1.{ActionStreams.BucketOf(Name, number)}");
            counted += (await bucket.GetStatusAsync()).Counters.Counted;
        }

        return counted;
    }

    /// <summary>The offset up to which a bucket's actions can be read in the windows of an action's minute.</summary>
    public async Task<long> ReadableUpToAsync(PlayerAction action)
    {
        var window = WindowKey.Of(1, "behaviour", Resolution.Minute, Resolutions.MinuteOf(action.At)).ToString();
        return (await _host!.Grains.GetGrain<IWindowGrain>(window).GetMarkAsync(ActionStreams.BucketOf(action.Player))).Sequence;
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        await _bus.DisposeAsync();
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static StreamTopic CreateTopic()
    {
        var places = new ShardPartitions(Names, Partitions);
        var json = new JsonRecordCodec([new RecordType(typeof(PlayerAction), "game.analytics.action")], EventCodec.Json);
        return new StreamTopic(StreamTopics.PlayerActions, places.Count, new PlayerActionCodec(json)) { PartitionOf = places.PartitionOf };
    }
}
