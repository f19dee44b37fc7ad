using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Game.Streaming.Kafka;

/// <summary>Makes topics and compares those that are there. Safe for concurrent use.</summary>
public sealed class TopicAdministration : IDisposable
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    private readonly KafkaOptions _kafka;
    private readonly IAdminClient _admin;

    public TopicAdministration(KafkaOptions kafka)
    {
        _kafka = kafka;
        _admin = new AdminClientBuilder(kafka.Apply(new AdminClientConfig())).SetLogHandler(static (_, _) => { }).Build();
    }

    /// <summary>
    /// Makes the topics that are missing. Those that exist are left as they are, whatever they are.
    /// </summary>
    /// <returns>Where existing topics differ from what is wanted.</returns>
    /// <exception cref="TopicAdministrationException">The brokers do not answer, or refuse.</exception>
    public Task<IReadOnlyList<TopicDifference>> EnsureAsync(IReadOnlyCollection<TopicSpec> topics) => AskAsync(() => MakeAsync(topics));

    /// <summary>Where topics differ from what is wanted; a missing one has no partitions.</summary>
    /// <exception cref="TopicAdministrationException">The brokers do not answer, or refuse.</exception>
    public async Task<IReadOnlyList<TopicDifference>> CompareAsync(IReadOnlyCollection<TopicSpec> topics)
    {
        var found = await DescribeAsync([.. topics.Select(topic => topic.Name)]);
        return
        [
            .. topics.SelectMany(topic => found.TryGetValue(topic.Name, out var there)
                ? Compare(topic, there)
                : [new TopicDifference(topic.Name, "partitions", $"{topic.Partitions}", "0, for it does not exist")]),
        ];
    }

    /// <summary>Topics as they are; those that do not exist are left out.</summary>
    /// <exception cref="TopicAdministrationException">The brokers do not answer, or refuse.</exception>
    public Task<IReadOnlyDictionary<string, TopicSpec>> DescribeAsync(IReadOnlyCollection<string> names) =>
        AskAsync(() => LookAsync(names));

    /// <summary>First offset and the one after the last of each partition of a topic, in order.</summary>
    /// <exception cref="TopicAdministrationException">There is no such topic, or the brokers do not answer or refuse.</exception>
    public Task<IReadOnlyList<(int Partition, long First, long End)>> ReadExtentAsync(string topic) => AskAsync(async () =>
    {
        var found = (await DescribeTopicsAsync([topic])).Find(found => found.Error.Code == ErrorCode.NoError)
            ?? throw new KafkaException(new Error(ErrorCode.UnknownTopicOrPart, $"There is no topic {topic}."));
        var partitions = found.Partitions.Select(partition => new TopicPartition(topic, partition.Partition)).ToList();
        var first = await ListOffsetsAsync(partitions, OffsetSpec.Earliest());
        var end = await ListOffsetsAsync(partitions, OffsetSpec.Latest());
        return (IReadOnlyList<(int Partition, long First, long End)>)
            [.. first.Keys.Order().Select(partition => (partition, first[partition], end[partition]))];
    });

    /// <summary>Where the records of a time begin in partitions of a topic, in order.</summary>
    /// <exception cref="TopicAdministrationException">There is no such partition, or the brokers do not answer or refuse.</exception>
    public Task<IReadOnlyList<TimeOffset>> FindTimeAsync(string topic, IReadOnlyList<int> partitions, DateTimeOffset at) => AskAsync(async () =>
    {
        // In this order: what is written meanwhile comes after the end then, and what is removed lies before the beginning.
        var places = partitions.Select(partition => new TopicPartition(topic, partition)).ToList();
        var end = await ListOffsetsAsync(places, OffsetSpec.Latest());
        var found = await ListOffsetsAsync(places, OffsetSpec.ForTimestamp(at.ToUnixTimeMilliseconds()));
        var oldest = await ListAsync(places, OffsetSpec.ForTimestamp(0));
        var first = await ListOffsetsAsync(places, OffsetSpec.Earliest());
        return (IReadOnlyList<TimeOffset>)
        [
            .. partitions.Order().Select(partition => new TimeOffset(
                partition,
                Math.Max(found[partition] < 0 ? end[partition] : found[partition], first[partition]),
                first[partition],
                first[partition] == 0 || !oldest.TryGetValue(partition, out var record) || record.TopicPartitionOffsetError.Offset < 0
                    ? null
                    : DateTimeOffset.FromUnixTimeMilliseconds(record.Timestamp))),
        ];
    });

    /// <summary>The offset after the last record of partitions of a topic.</summary>
    /// <exception cref="TopicAdministrationException">There is no such partition, or the brokers do not answer or refuse.</exception>
    public Task<IReadOnlyDictionary<int, long>> ReadEndsAsync(string topic, IReadOnlyList<int> partitions) => AskAsync(async () =>
        (IReadOnlyDictionary<int, long>)await ListOffsetsAsync(
            [.. partitions.Select(partition => new TopicPartition(topic, partition))], OffsetSpec.Latest()));

    public void Dispose() => _admin.Dispose();

    private static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (KafkaException exception)
        {
            var errors = exception is CreateTopicsException creation
                ? creation.Results.Where(result => result.Error.IsError && result.Error.Code != ErrorCode.TopicAlreadyExists)
                    .Select(result => (Text: $"topic {result.Topic}: {result.Error.Reason}", result.Error.Code)).ToList()
                : [(exception.Error.Reason, exception.Error.Code)];
            throw new TopicAdministrationException(
                string.Join("; ", errors.Select(error => error.Text)), errors.Exists(error => IsRefusal(error.Code)), exception);
        }
    }

    /// <remarks>Too few brokers for the replicas is none: those that start, or that the controller has not heard of lately, do not count.</remarks>
    private static bool IsRefusal(ErrorCode code) => code is ErrorCode.SaslAuthenticationFailed or ErrorCode.Local_Authentication
        or ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed;

    private async Task<IReadOnlyList<TopicDifference>> MakeAsync(IReadOnlyCollection<TopicSpec> topics)
    {
        try
        {
            await _admin.CreateTopicsAsync(
                topics.Select(ToSpecification),
                new CreateTopicsOptions { RequestTimeout = _kafka.RequestTimeout, OperationTimeout = _kafka.RequestTimeout });
        }
        catch (CreateTopicsException exception)
            when (exception.Results.TrueForAll(result => result.Error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists))
        {
            // Compared below.
        }

        // Brokers hear of a new topic one after the other.
        var names = topics.Select(topic => topic.Name).ToList();
        var started = Stopwatch.GetTimestamp();
        var found = await LookAsync(names);
        while (found.Count < names.Count)
        {
            if (Stopwatch.GetElapsedTime(started) > _kafka.RequestTimeout)
            {
                throw new KafkaException(new Error(
                    ErrorCode.Local_TimedOut,
                    $"Made, and not there yet: {string.Join(", ", names.Where(name => !found.ContainsKey(name)))}."));
            }

            await Task.Delay(BetweenLooks);
            found = await LookAsync(names);
        }

        return [.. topics.SelectMany(topic => Compare(topic, found[topic.Name]))];
    }

    private async Task<IReadOnlyDictionary<string, TopicSpec>> LookAsync(IReadOnlyCollection<string> names)
    {
        var described = await DescribeTopicsAsync(names);
        var there = described.Where(topic => topic.Error.Code == ErrorCode.NoError).ToList();
        if (there.Count == 0)
        {
            return new Dictionary<string, TopicSpec>();
        }

        var configs = await _admin.DescribeConfigsAsync(
            there.Select(topic => new ConfigResource { Type = ResourceType.Topic, Name = topic.Name }),
            new DescribeConfigsOptions { RequestTimeout = _kafka.RequestTimeout });
        return configs.ToDictionary(
            config => config.ConfigResource.Name,
            config =>
            {
                var topic = there.Single(topic => topic.Name == config.ConfigResource.Name);
                var retention = long.Parse(config.Entries["retention.ms"].Value, CultureInfo.InvariantCulture);
                return new TopicSpec(
                    topic.Name,
                    topic.Partitions.Count,
                    (short)topic.Partitions[0].Replicas.Count,
                    retention < 0 ? null : TimeSpan.FromMilliseconds(retention),
                    int.Parse(config.Entries["max.message.bytes"].Value, CultureInfo.InvariantCulture));
            },
            StringComparer.Ordinal);
    }

    private async Task<List<TopicDescription>> DescribeTopicsAsync(IReadOnlyCollection<string> names)
    {
        try
        {
            var described = await _admin.DescribeTopicsAsync(
                TopicCollection.OfTopicNames(names), new DescribeTopicsOptions { RequestTimeout = _kafka.RequestTimeout });
            return described.TopicDescriptions;
        }
        catch (DescribeTopicsException exception)
            when (exception.Results.TopicDescriptions.TrueForAll(
                topic => topic.Error.Code is ErrorCode.NoError or ErrorCode.UnknownTopicOrPart))
        {
            return exception.Results.TopicDescriptions;
        }
    }

    private async Task<Dictionary<int, long>> ListOffsetsAsync(IReadOnlyList<TopicPartition> partitions, OffsetSpec which) =>
        (await ListAsync(partitions, which)).ToDictionary(
            listed => listed.Key, listed => listed.Value.TopicPartitionOffsetError.Offset.Value);

    private async Task<Dictionary<int, ListOffsetsResultInfo>> ListAsync(IReadOnlyList<TopicPartition> partitions, OffsetSpec which)
    {
        var listed = await _admin.ListOffsetsAsync(
            partitions.Select(partition => new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = which }),
            new ListOffsetsOptions { RequestTimeout = _kafka.RequestTimeout });
        return listed.ResultInfos.ToDictionary(result => result.TopicPartitionOffsetError.Partition.Value);
    }

    private static IEnumerable<TopicDifference> Compare(TopicSpec wanted, TopicSpec found)
    {
        foreach (var (setting, want, have) in new (string, object, object)[]
        {
            ("partitions", wanted.Partitions, found.Partitions),
            ("replication", wanted.Replication, found.Replication),
            ("retention", Describe(wanted.Retention), Describe(found.Retention)),
            ("max.message.bytes", wanted.MaxRecordBytes, found.MaxRecordBytes),
        })
        {
            if (!want.Equals(have))
            {
                yield return new TopicDifference(wanted.Name, setting, $"{want}", $"{have}");
            }
        }
    }

    private static string Describe(TimeSpan? retention) =>
        retention is { } time ? time.ToString("c", CultureInfo.InvariantCulture) : "for ever";

    private static TopicSpecification ToSpecification(TopicSpec topic) => new()
    {
        Name = topic.Name,
        NumPartitions = topic.Partitions,
        ReplicationFactor = topic.Replication,
        Configs = new Dictionary<string, string>
        {
            ["cleanup.policy"] = "delete",
            ["retention.ms"] = topic.Retention is { } retention
                ? ((long)retention.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)
                : "-1",
            ["max.message.bytes"] = topic.MaxRecordBytes.ToString(CultureInfo.InvariantCulture),

            // A confirm survives the loss of one broker wherever there are brokers to lose.
            ["min.insync.replicas"] = Math.Max(1, topic.Replication - 1).ToString(CultureInfo.InvariantCulture),
        },
    };
}
