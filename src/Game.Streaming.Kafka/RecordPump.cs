using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Game.Streaming.Kafka;

/// <summary>
/// Feeds one handler with the records of one reader, one after the other. A record is completed when the handler has returned,
/// or when it is a dead letter: what cannot be understood at once, what fails otherwise after a number of tries.
/// </summary>
public sealed partial class RecordPump(PartitionReader reader, DeadLetters deadLetters, TimeProvider clock, ILogger<RecordPump> logger)
{
    /// <summary>Tries before a record is put aside, at least 1.</summary>
    public int MaxTries { get; init; } = 5;

    /// <summary>Wait before the second try; doubles with each further one.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs until cancelled or until the reader is closed.</summary>
    /// <param name="handle">
    /// Returns when the record's effect is durable; may see a record again. A <see cref="RecordCodecException"/> says that trying
    /// again is of no use.
    /// </param>
    /// <param name="cancellationToken">Ends the pump; a record under way comes again.</param>
    public async Task RunAsync(Func<ConsumedRecord, CancellationToken, Task> handle, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                foreach (var record in await reader.ReadAsync(cancellationToken))
                {
                    await HandleAsync(record, handle, cancellationToken);
                    reader.Complete(record);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // As asked.
        }
        catch (ChannelClosedException)
        {
            // The reader was closed.
        }
    }

    private async Task HandleAsync(
        ConsumedRecord record, Func<ConsumedRecord, CancellationToken, Task> handle, CancellationToken cancellationToken)
    {
        for (var (tries, delay) = (1, RetryDelay); ; tries++, delay *= 2)
        {
            try
            {
                await handle(record, cancellationToken);
                return;
            }
            catch (RecordCodecException exception)
            {
                await deadLetters.PutAsync(record, exception.Message, cancellationToken);
                return;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                LogFailed(logger, exception, record.Place, tries);
                if (tries >= MaxTries)
                {
                    await deadLetters.PutAsync(record, $"failed {tries} times, at last with {exception.GetType().Name}", cancellationToken);
                    return;
                }
            }

            await Task.Delay(delay, clock, cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Kafka: {Record} was not handled, try {Tries}.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string record, int tries);
}
