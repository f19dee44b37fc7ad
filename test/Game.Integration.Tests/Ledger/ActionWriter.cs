using Game.Streaming.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Integration.Tests.Ledger;

/// <summary>
/// Writes a script to the topic, at most so far ahead of what is counted, and enters it into the books. What is not confirmed ends it:
/// the broker is never away for as long as the writer is patient.
/// </summary>
internal sealed class ActionWriter(KafkaOptions kafka, IReadOnlyDictionary<string, ActionBook> books, int partitionsPerShard)
{
    public const string Topic = "player_actions";
    private const int UnderWay = 20_000;

    private readonly List<string> _shards = [.. books.Keys.Order(StringComparer.Ordinal)];
    private long _written;

    /// <summary>Records written and confirmed, poison and repetitions included.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>Where poison was written, and what the reason of its dead letter names.</summary>
    public Dictionary<string, string> Poison { get; } = new(StringComparer.Ordinal);

    public async Task WriteAsync(IEnumerable<Sent> script, Func<long, Task> paceAsync, CancellationToken cancellationToken)
    {
        await using var writer = RecordWriter.Open(kafka, new RecordWriterOptions(), TimeProvider.System, NullLogger<RecordWriter>.Instance);
        var underWay = new Queue<(Sent Sent, Task<RecordPosition> Written)>();
        var taken = 0L;
        foreach (var sent in script)
        {
            underWay.Enqueue((sent, writer.WriteAsync(ToRecord(sent), cancellationToken)));
            if (sent.What is var (player, _))
            {
                books[player.Shard].Take(sent);
            }

            if (++taken % 1_000 == 0)
            {
                await paceAsync(taken);
            }

            while (underWay.Count > UnderWay)
            {
                await ConfirmAsync(underWay.Dequeue());
            }
        }

        while (underWay.TryDequeue(out var oldest))
        {
            await ConfirmAsync(oldest);
        }
    }

    private async Task ConfirmAsync((Sent Sent, Task<RecordPosition> Written) oldest)
    {
        var place = await oldest.Written;
        if (oldest.Sent.Fate == Fate.Poison)
        {
            Poison.Add($"{place.Topic}/{place.Partition}/{place.Offset}", oldest.Sent.Reason);
        }

        Interlocked.Increment(ref _written);
    }

    /// <summary>As docs/streaming.md says: the block of the key's shard, within it Kafka's own hash.</summary>
    private StreamRecord ToRecord(Sent sent)
    {
        var record = sent.Bucket is { } bucket
            ? new StreamRecord(Topic, bucket, sent.Body)
            : new StreamRecord(Topic, default(ReadOnlyMemory<byte>?), sent.Body);
        return record with
        {
            Partition = sent.Bucket is { } key
                ? (_shards.IndexOf(key[..key.IndexOf('-', StringComparison.Ordinal)]) * partitionsPerShard)
                    + Partitioner.PartitionOf(record.Key!.Value.Span, partitionsPerShard)
                : 0,
            Headers = [new RecordHeader(RecordHeaders.Type, sent.Type), new RecordHeader(RecordHeaders.Version, sent.Version)],
        };
    }
}
