using Microsoft.Extensions.Logging;

namespace Game.Streaming.Kafka;

/// <summary>
/// Puts records aside that cannot be handled: into a topic beside theirs, whole, with the reason. Safe for concurrent use.
/// </summary>
public sealed partial class DeadLetters(RecordWriter writer, TimeProvider clock, ILogger<DeadLetters> logger)
{
    /// <summary>Bytes by which a dead letter may be larger than its record.</summary>
    public const int Overhead = 16 * 1024;

    private const int LongestReason = 1000;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);

    /// <summary>Where dead letters of a topic go.</summary>
    public static string TopicOf(string topic) => topic + "-dead-letters";

    /// <summary>
    /// Returns when the dead letter is durable, however long that takes: until then the record must not be completed. It may be
    /// put aside twice, never not at all.
    /// </summary>
    /// <param name="record">The record, as it was read.</param>
    /// <param name="reason">Why, without payload; cut after 1000 characters.</param>
    /// <param name="cancellationToken">Gives up; the record comes again.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task PutAsync(ConsumedRecord record, string reason, CancellationToken cancellationToken = default)
    {
        var letter = new StreamRecord(TopicOf(record.Topic), record.Key, record.Value)
        {
            Headers =
            [
                .. record.Headers.Where(header => header.Name is not (RecordHeaders.DeadLetterReason or RecordHeaders.DeadLetterSource)),
                new RecordHeader(RecordHeaders.DeadLetterReason, reason.Length > LongestReason ? reason[..LongestReason] : reason),
                new RecordHeader(RecordHeaders.DeadLetterSource, record.Place),
            ],
        };
        for (var delay = FirstDelay; ; delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay)
        {
            try
            {
                await writer.WriteAsync(letter, cancellationToken).WaitAsync(cancellationToken);
                KafkaMetrics.OnDeadLetter(record.Topic);
                LogPut(logger, record.Place, letter.Topic, reason);
                return;
            }
            catch (RecordWriteException exception)
            {
                LogNotPut(logger, record.Place, exception.Message);
            }

            await Task.Delay(delay, clock, cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Error, "Kafka: {Record} is put aside in {Topic}: {Reason}")]
    private static partial void LogPut(ILogger logger, string record, string topic, string reason);

    [LoggerMessage(LogLevel.Error, "Kafka: {Record} is to be put aside, but: {Reason}")]
    private static partial void LogNotPut(ILogger logger, string record, string reason);
}
