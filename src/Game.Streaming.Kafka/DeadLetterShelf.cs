using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Game.Streaming.Kafka;

/// <summary>
/// The dead letters of one topic as operators see them: which are open, and what becomes of them. A letter that is settled, by replay
/// or by discarding it, is listed no longer: a record behind it in the same topic says so (<see cref="RecordHeaders.DeadLetterSettled"/>),
/// so that every process knows. Keeps the places of the open ones, and reads only what is new. Safe for concurrent use.
/// </summary>
/// <remarks>A letter's id is its offset in the topic of the dead letters and one more. That topic has one partition.</remarks>
/// <param name="kafka">How the brokers are reached.</param>
/// <param name="writer">Writes what is replayed and what is settled.</param>
/// <param name="topic">The topic whose records they were.</param>
/// <param name="clock">Bounds the wait for records.</param>
/// <param name="logger">What the readers have to say.</param>
public sealed class DeadLetterShelf(KafkaOptions kafka, RecordWriter writer, string topic, TimeProvider clock, ILogger<PartitionReader> logger)
{
    private static readonly TimeSpan ToRead = TimeSpan.FromSeconds(10);

    private readonly string _letters = DeadLetters.TopicOf(topic);
    private readonly SemaphoreSlim _reading = new(1);
    private readonly SortedSet<long> _open = [];
    private long _next;

    /// <summary>How many are open.</summary>
    /// <exception cref="TopicAdministrationException">The brokers do not answer, or refuse.</exception>
    /// <exception cref="TimeoutException">The records do not come.</exception>
    public async Task<int> CountAsync(CancellationToken cancellationToken) => (await FindOpenAsync(0, int.MaxValue, cancellationToken)).Count;

    /// <summary>Open letters after an id, oldest first.</summary>
    /// <param name="after">0: from the oldest on.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TopicAdministrationException">The brokers do not answer, or refuse.</exception>
    /// <exception cref="TimeoutException">The records do not come.</exception>
    public async Task<IReadOnlyList<(long Id, ConsumedRecord Letter)>> ListAsync(long after, int count, CancellationToken cancellationToken)
    {
        var open = await FindOpenAsync(after, count, cancellationToken);
        var letters = new List<(long Id, ConsumedRecord Letter)>(open.Count);
        if (open.Count > 0)
        {
            await foreach (var record in ReadAsync(open[0], open[^1] + 1, cancellationToken))
            {
                if (open.Contains(record.Offset))
                {
                    letters.Add((record.Offset + 1, record));
                }
            }
        }

        return letters;
    }

    /// <summary>An open letter, or null.</summary>
    /// <inheritdoc cref="ListAsync"/>
    public async Task<ConsumedRecord?> FindAsync(long id, CancellationToken cancellationToken) =>
        id > 0 && await ListAsync(id - 1, 1, cancellationToken) is [var found] && found.Id == id ? found.Letter : null;

    /// <summary>Writes the record where it came from, at the end, and settles the letter. It may be written twice, never not at all.</summary>
    /// <returns>False if there is no such open letter.</returns>
    /// <exception cref="RecordWriteException">It was not confirmed, and the letter stays open.</exception>
    /// <inheritdoc cref="ListAsync"/>
    public async Task<bool> ReplayAsync(long id, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } letter)
        {
            return false;
        }

        var place = letter.Header(RecordHeaders.DeadLetterSource)?.Split('/');
        await writer.WriteAsync(
            new StreamRecord(topic, letter.Key, letter.Value)
            {
                Partition = place is [_, var partition, _] && int.TryParse(partition, CultureInfo.InvariantCulture, out var number) ? number : null,
                Headers = [.. letter.Headers.Where(header => header.Name is not (RecordHeaders.DeadLetterReason or RecordHeaders.DeadLetterSource))],
            },
            cancellationToken);
        await SettleAsync(id, cancellationToken);
        return true;
    }

    /// <summary>Settles the letter.</summary>
    /// <returns>False if there is no such open letter.</returns>
    /// <exception cref="RecordWriteException">It was not confirmed that it is settled.</exception>
    /// <inheritdoc cref="ListAsync"/>
    public async Task<bool> DiscardAsync(long id, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is null)
        {
            return false;
        }

        await SettleAsync(id, cancellationToken);
        return true;
    }

    private Task SettleAsync(long id, CancellationToken cancellationToken) => writer.WriteAsync(
        new StreamRecord(_letters, default(ReadOnlyMemory<byte>?), default)
        {
            Partition = 0,
            Headers = [new RecordHeader(RecordHeaders.DeadLetterSettled, (id - 1).ToString(CultureInfo.InvariantCulture))],
        },
        cancellationToken);

    /// <summary>Offsets of open letters after an id, in order.</summary>
    private async Task<IReadOnlyList<long>> FindOpenAsync(long after, int count, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            var (first, end) = await ReadExtentAsync(cancellationToken);
            if (end < _next)
            {
                // The topic was deleted and made again.
                _open.Clear();
                _next = 0;
            }

            _open.RemoveWhere(offset => offset < first);
            await foreach (var record in ReadAsync(Math.Max(_next, first), end, cancellationToken))
            {
                if (record.Header(RecordHeaders.DeadLetterSettled) is not { } settled)
                {
                    _open.Add(record.Offset);
                }
                else if (long.TryParse(settled, CultureInfo.InvariantCulture, out var offset))
                {
                    _open.Remove(offset);
                }

                _next = record.Offset + 1;
            }

            return [.. _open.GetViewBetween(after, long.MaxValue).Take(count)];
        }
        finally
        {
            _reading.Release();
        }
    }

    private async IAsyncEnumerable<ConsumedRecord> ReadAsync(
        long from, long end, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (from >= end)
        {
            yield break;
        }

        var options = new PartitionReaderOptions { Topic = _letters, Partition = 0, StartAt = from };
        await using var reader = PartitionReader.Start(kafka, options, clock, logger);
        while (true)
        {
            foreach (var record in await reader.ReadAsync(cancellationToken).AsTask().WaitAsync(ToRead, clock, cancellationToken))
            {
                yield return record;
                if (record.Offset >= end - 1)
                {
                    yield break;
                }
            }
        }
    }

    private async Task<(long First, long End)> ReadExtentAsync(CancellationToken cancellationToken)
    {
        using var administration = new TopicAdministration(kafka);
        var (_, first, end) = (await administration.ReadExtentAsync(_letters).WaitAsync(cancellationToken))[0];
        return (first, end);
    }
}
