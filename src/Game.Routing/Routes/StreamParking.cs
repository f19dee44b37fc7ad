using System.Text;
using System.Text.Json;
using Game.Streaming.Kafka;
using Microsoft.Extensions.Logging;

namespace Game.Routing.Routes;

/// <summary>A topic where messages of the exchanges wait. Servers share its partitions; each takes out what it put in.</summary>
public sealed class StreamParking : IParkingPlace
{
    /// <summary>The topic of every process.</summary>
    public const string Topic = "game_parked";

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    private readonly KafkaOptions _kafka;
    private readonly RecordWriter _writer;
    private readonly DeadLetters _deadLetters;
    private readonly string _server;
    private readonly int _partition;
    private readonly TimeProvider _clock;
    private readonly ILoggerFactory _loggers;

    /// <param name="kafka">The brokers.</param>
    /// <param name="writer">Writes to them.</param>
    /// <param name="server">Marks what is its own: the same over restarts, different for each process.</param>
    /// <param name="partitions">Partitions of the topic.</param>
    /// <param name="clock">Paces the looks at the topic.</param>
    /// <param name="loggers">For its readers.</param>
    public StreamParking(KafkaOptions kafka, RecordWriter writer, string server, int partitions, TimeProvider clock, ILoggerFactory loggers)
    {
        (_kafka, _writer, _server, _clock, _loggers) = (kafka, writer, server, clock, loggers);
        _deadLetters = new DeadLetters(writer, clock, loggers.CreateLogger<DeadLetters>());
        _partition = Partitioner.PartitionOf(Encoding.UTF8.GetBytes(server), partitions);
    }

    public string Name => "stream-parking";

    public async Task SendAsync(GameMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await _writer.WriteAsync(new StreamRecord(Topic, _server, message.ToBytes()) { Partition = _partition }, cancellationToken)
                .WaitAsync(cancellationToken);
        }
        catch (RecordWriteException exception)
        {
            throw new RouteException(exception.Message, exception);
        }
    }

    public async Task<bool> DrainAsync(Func<GameMessage, Task<bool>> deliver, CancellationToken cancellationToken)
    {
        await using var reader = PartitionReader.Start(
            _kafka,
            new PartitionReaderOptions { Topic = Topic, Partition = _partition, Group = $"parked-{_server}" },
            _clock,
            _loggers.CreateLogger<PartitionReader>());
        var started = _clock.GetTimestamp();
        while (true)
        {
            while (reader.TryRead(out var batch))
            {
                if (!await DeliverAsync(reader, batch, deliver, cancellationToken))
                {
                    return false;
                }
            }

            if (reader.Status is { End: { } end, Handled: { } handled } && handled >= end)
            {
                await reader.CommitAsync(cancellationToken);
                return true;
            }

            if (reader.Status.End is null && _clock.GetElapsedTime(started) > _kafka.RequestTimeout)
            {
                throw new RouteException($"{Topic} cannot be read: no broker has answered.");
            }

            await Task.Delay(BetweenLooks, _clock, cancellationToken);
        }
    }

    private async Task<bool> DeliverAsync(
        PartitionReader reader, IReadOnlyList<ConsumedRecord> batch, Func<GameMessage, Task<bool>> deliver, CancellationToken cancellationToken)
    {
        var own = new List<(ConsumedRecord Record, GameMessage Message)>();
        foreach (var record in batch)
        {
            if (record.KeyText != _server)
            {
                reader.Complete(record);
                continue;
            }

            try
            {
                own.Add((record, GameMessage.Parse(record.Value.Span)));
            }
            catch (JsonException exception)
            {
                await _deadLetters.PutAsync(record, $"not a parked message: {exception.Message}", cancellationToken);
                reader.Complete(record);
            }
        }

        var delivered = await KeyOrder.SendAsync(own, static item => item.Message.Key, item => deliver(item.Message));
        foreach (var (record, _) in delivered)
        {
            reader.Complete(record);
        }

        return delivered.Count == own.Count;
    }
}
