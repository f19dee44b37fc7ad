using System.Globalization;
using Game.Cli.Play;
using Game.Client;
using Game.LocalServers;
using Game.Streaming.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Cli.Run;

/// <summary>
/// The Kafka of a world: the one that the environment names (<c>GAME__Kafka__BootstrapServers</c>), or with brokers one of its own
/// over a folder of the data folder that is kept. Where there is none the world plays without.
/// </summary>
internal sealed class Kafka(RunOptions options, Action<string> onLine) : IAsyncDisposable
{
    private const string Setting = "GAME__Kafka__BootstrapServers";
    private const string Replication = "GAME__Kafka__Replication";
    private const string KeyFile = "GAME__Kafka__PrivateKeyFile";
    private const string Topic = "game_events";

    private KafkaServer? _own;
    private string? _servers;

    /// <summary>Finds or starts it, and tells the silos, which have the environment of this process.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _servers = Environment.GetEnvironmentVariable(Setting);
        if (_servers is null && options.JoinLate)
        {
            onLine("analytics are off: a new shard needs partitions that an operator adds to the topics");
            return;
        }

        if (_servers is null && options.Profile is "brokers" or "cluster")
        {
            var folder = Path.GetFullPath(Path.Combine(options.Data, "kafka"));
            try
            {
                _own = await KafkaServer.StartAsync(folder: folder, cancellationToken: cancellationToken);
            }
            catch (ServerMissingException missing)
            {
                onLine($"analytics are off: {missing.Message}");
                return;
            }

            _servers = _own.BootstrapServers;
            Environment.SetEnvironmentVariable(Replication, "1");
            onLine($"kafka    {_servers}, its data in {folder}");
        }

        if (_servers is not null)
        {
            Environment.SetEnvironmentVariable(Setting, _servers);

            // All processes of a world seal with one key.
            Environment.SetEnvironmentVariable(
                KeyFile, Environment.GetEnvironmentVariable(KeyFile) ?? Path.GetFullPath(Path.Combine(options.Data, "kafka.key")));
        }
    }

    /// <summary>Compares the logs' lengths with the events in the topic, once those have arrived.</summary>
    public async Task CountAsync(Places places, Summary summary)
    {
        if (_servers is null)
        {
            return;
        }

        IReadOnlyDictionary<string, long>? heads = null;
        var reason = "a shard does not say how far its relay is";
        try
        {
            heads = await WaitAsync(places);
        }
        catch (HttpRequestException exception)
        {
            reason = exception.Message;
        }

        if (heads is null)
        {
            onLine($"the events in Kafka could not be counted: {reason}");
            summary.Errors++;
            return;
        }

        var counted = new HashSet<string>(StringComparer.Ordinal);
        var records = 0L;
        var scan = new TopicScan(new KafkaOptions { BootstrapServers = _servers }, TimeProvider.System, NullLogger<PartitionReader>.Instance);
        try
        {
            await foreach (var record in scan.ReadAsync(Topic))
            {
                if (record.Header(RecordHeaders.Id)?.Split('/') is [var shard, var position]
                    && heads.TryGetValue(shard, out var head) && long.Parse(position, CultureInfo.InvariantCulture) <= head)
                {
                    records++;
                    counted.Add($"{shard}/{position}");
                }
            }
        }
        catch (TopicScanException exception)
        {
            onLine($"the events in Kafka could not be counted: {exception.Message}");
        }

        summary.EventsIn = heads.Values.Sum();
        summary.EventsCounted = counted.Count;
        onLine($"kafka    {summary.EventsIn} events in, {summary.EventsCounted} counted, {records - counted.Count} of them more than once");
    }

    public async ValueTask DisposeAsync()
    {
        if (_own is not null)
        {
            await _own.StopAsync();
            await _own.DisposeAsync();
        }
    }

    /// <returns>
    /// The logs' lengths at a moment, by shard; by then the topic has them, or has not got them in time. Null: a shard's was not known in time.
    /// </returns>
    private static async Task<IReadOnlyDictionary<string, long>?> WaitAsync(Places places)
    {
        IReadOnlyDictionary<string, long>? heads = null;
        var retry = new Retry(Campaign.ToArrive);
        do
        {
            var now = await ReadAsync(places);
            heads ??= now.Values.All(relay => relay is not null) ? now.ToDictionary(shard => shard.Key, shard => shard.Value!.Head) : null;
            if (heads is not null && heads.All(shard => now[shard.Key]?.Cursor >= shard.Value))
            {
                break;
            }
        }
        while (await retry.WaitAsync(null, CancellationToken.None));

        return heads;
    }

    /// <returns>By shard; null where its silo has not heard of it yet.</returns>
    private static async Task<IReadOnlyDictionary<string, RelayDto?>> ReadAsync(Places places)
    {
        var relays = new Dictionary<string, RelayDto?>(StringComparer.Ordinal);
        foreach (var silos in places.Managements)
        {
            // Any silo of a shard knows its relay.
            var status = await OperatorClient.GetAsync<StatusDto>(silos, "/ops/status", CancellationToken.None);
            foreach (var shard in status.Shards)
            {
                relays[shard.Shard] = shard.Relay;
            }
        }

        return relays;
    }

    private sealed record StatusDto(IReadOnlyList<ShardDto> Shards);

    private sealed record ShardDto(string Shard, RelayDto? Relay);

    private sealed record RelayDto(long Cursor, long Head);
}
