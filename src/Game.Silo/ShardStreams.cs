using System.Reflection;
using Game.Contracts;
using Game.Contracts.Streams;
using Game.Grains;
using Game.Grains.EventSourcing;
using Game.Grains.Streams;
using Game.Silo.Settings;
using Game.Streaming.Kafka;

namespace Game.Silo;

/// <summary>The streams of this process's shards over Kafka: topics, one writer, and which partitions are whose.</summary>
internal sealed partial class ShardStreams : IAsyncDisposable
{
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromSeconds(1);

    private readonly KafkaSettings _settings;
    private readonly KafkaOptions _kafka;
    private readonly IReadOnlyList<string> _shards;
    private readonly ILoggerFactory _loggers;
    private readonly JsonRecordCodec _codec = CreateCodec();

    private ShardStreams(SiloSettings settings, KafkaOptions kafka, ILoggerFactory loggers)
    {
        _settings = settings.Kafka;
        _kafka = kafka;
        _shards = settings.AllShards;
        _loggers = loggers;
        Writer = RecordWriter.Open(kafka, new RecordWriterOptions(), TimeProvider.System, loggers.CreateLogger<RecordWriter>());
        var reading = loggers.CreateLogger<PartitionReader>();
        DeadLetters = StreamTopics.OfGrains.ToDictionary(
            topic => topic, topic => new DeadLetterShelf(kafka, Writer, topic, TimeProvider.System, reading), StringComparer.Ordinal);
    }

    /// <summary>Writes whatever this process's grains have for Kafka.</summary>
    public RecordWriter Writer { get; }

    /// <summary>Topics and partitions of all shards; no partition is this one's to read.</summary>
    public KafkaStreamOptions Options
    {
        get
        {
            var options = new KafkaStreamOptions();
            Of()(options);
            return options;
        }
    }

    /// <summary>Another writer, which gives records up after this long. The caller's to dispose.</summary>
    public RecordWriter OpenWriter(TimeSpan deliveryTimeout) => RecordWriter.Open(
        _kafka,
        new RecordWriterOptions { DeliveryTimeout = deliveryTimeout, CloseTimeout = deliveryTimeout },
        TimeProvider.System,
        _loggers.CreateLogger<RecordWriter>());

    /// <summary>Dead letters of the topics that grains stream over, those of all shards.</summary>
    public IReadOnlyDictionary<string, DeadLetterShelf> DeadLetters { get; }

    /// <summary>
    /// Makes the topics that are missing. Those that differ from the settings are told, and refused if they cannot be used.
    /// </summary>
    /// <returns>Null if Kafka is not used.</returns>
    /// <exception cref="StartupException">The brokers do not answer in time or refuse, or a topic has too few partitions.</exception>
    public static async Task<ShardStreams?> OpenAsync(SiloSettings settings, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        if (!settings.Kafka.IsUsed)
        {
            return null;
        }

        var logger = loggers.CreateLogger<ShardStreams>();
        var kafka = ToOptions(settings);
        using var administration = new TopicAdministration(kafka);
        var patience = new StartPatience(settings.Kafka.WaitSeconds);
        while (true)
        {
            try
            {
                foreach (var difference in await administration.EnsureAsync(WithDeadLetters(settings)))
                {
                    LogDifference(logger, difference);
                }

                await CheckPartitionsAsync(administration, settings);
                return new ShardStreams(settings, kafka, loggers);
            }
            catch (TopicAdministrationException exception)
            {
                if (patience.Left <= TimeSpan.Zero || exception.IsRefusal)
                {
                    throw new StartupException($"Kafka at {kafka.BootstrapServers}: {exception.Message}");
                }

                LogWaiting(logger, exception.Message);
            }

            await Task.Delay(BetweenAttempts, cancellationToken);
        }
    }

    /// <summary>Tells how topics differ from the settings, and makes none.</summary>
    /// <returns>0 if none does.</returns>
    public static async Task<int> CheckAsync(SiloSettings settings)
    {
        try
        {
            using var administration = new TopicAdministration(ToOptions(settings));
            var differences = await administration.CompareAsync(WithDeadLetters(settings));
            Console.WriteLine(differences.Count == 0 ? "kafka: topics as the settings say" : $"kafka: {string.Join(" ", differences)}");
            return differences.Count == 0 ? 0 : 1;
        }
        catch (TopicAdministrationException exception)
        {
            Console.WriteLine($"kafka: {exception.Message}");
            return 1;
        }
    }

    /// <summary>Sets up the streams of shards: their grains get what lives in their own partitions.</summary>
    public Action<KafkaStreamOptions> Of(params IReadOnlyList<string> owners) => options =>
    {
        options.Kafka = _kafka;
        options.Writer = Writer;
        options.Group = _settings.Group;
        foreach (var (_, topic, settings) in _settings.Topics.All.Where(topic => StreamTopics.OfGrains.Contains(topic.Topic)))
        {
            var partitions = new ShardPartitions(_shards, settings.PartitionsPerShard);
            IRecordCodec codec = topic == StreamTopics.PlayerActions ? new PlayerActionCodec(_codec) : _codec;
            options.Topics.Add(new StreamTopic(topic, partitions.Count, codec)
            {
                PartitionOf = partitions.PartitionOf,
                Owns = partition => owners.Contains(partitions.OwnerOf(partition)),
                RecordKeyOf = key => ShardKey.Split(key).Key,
                StreamKeyOf = (partition, key) => ShardKey.Of(partitions.OwnerOf(partition), key),
            });
        }
    };

    public ValueTask DisposeAsync() => Writer.DisposeAsync();

    /// <summary>Every message type may be an event of a stream; which topics carry which is their producers' choice.</summary>
    private static JsonRecordCodec CreateCodec() => new(
        typeof(GameEvent).Assembly.GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false, IsGenericTypeDefinition: false })
            .Select(type => (Type: type, type.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias))
            .Where(type => type.Alias is not null)
            .Select(type => new RecordType(
                type.Type, type.Alias!, type.Type.GetCustomAttribute<EventVersionAttribute>(inherit: false)?.Version ?? 1)),
        EventCodec.Json);

    private static IReadOnlyList<TopicSpec> WithDeadLetters(SiloSettings settings) =>
        [.. settings.Kafka.ToSpecs(settings.ShardCount).SelectMany(topic => new[] { topic, topic.DeadLetters() })];

    private static KafkaOptions ToOptions(SiloSettings settings) =>
        settings.Kafka.ToOptions($"game {string.Join(',', settings.OwnShards)} {Environment.MachineName}");

    /// <summary>More partitions than the shards need are another game's future; with fewer, some shards had none.</summary>
    private static async Task CheckPartitionsAsync(TopicAdministration administration, SiloSettings settings)
    {
        var wanted = settings.Kafka.ToSpecs(settings.ShardCount);
        var found = await administration.DescribeAsync([.. wanted.Select(topic => topic.Name)]);
        var missing = wanted.Where(topic => found[topic.Name].Partitions < topic.Partitions)
            .Select(topic => $"topic {topic.Name} has {found[topic.Name].Partitions} partitions, and "
                + $"{settings.ShardCount} shards need {topic.Partitions}").ToList();
        if (missing.Count > 0)
        {
            throw new StartupException(
                $"Kafka: {string.Join("; ", missing)}. Add them (kafka-topics --alter), or lower Kafka:Topics:…:PartitionsPerShard.");
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Difference}")]
    private static partial void LogDifference(ILogger logger, TopicDifference difference);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waiting for Kafka: {Reason}")]
    private static partial void LogWaiting(ILogger logger, string reason);
}
