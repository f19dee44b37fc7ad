using Microsoft.Extensions.Logging;

namespace Game.Streaming.Kafka;

/// <summary>What a <see cref="PartitionReader"/> says.</summary>
internal static partial class ReaderLog
{
    [LoggerMessage(LogLevel.Warning, "Kafka, reading {Topic}/{Partition}: {Trouble}: {Reason}")]
    public static partial void Trouble(ILogger logger, string topic, int partition, string trouble, string reason);

    [LoggerMessage(LogLevel.Information, "Kafka, reading {Topic}/{Partition}: reads again, at offset {Offset}.")]
    public static partial void Reading(ILogger logger, string topic, int partition, long offset);

    [LoggerMessage(LogLevel.Error, "Kafka, reading {Topic}/{Partition}: {Records} records before {Offset} were gone before they were read.")]
    public static partial void Missing(ILogger logger, string topic, int partition, long records, long offset);

    [LoggerMessage(
        LogLevel.Warning,
        "Kafka, reading {Topic}/{Partition}: begins again at {Offset}, after {Before}: the topic is another one, or lost its end.")]
    public static partial void Restarted(ILogger logger, string topic, int partition, long offset, long before);

    [LoggerMessage(LogLevel.Warning, "Kafka, reading {Topic}/{Partition}: not committed: {Code}: {Reason}")]
    public static partial void NotCommitted(ILogger logger, string topic, int partition, string code, string reason);

    [LoggerMessage(
        LogLevel.Warning,
        "Kafka, reading {Topic}/{Partition}: not closed within {Timeout}; what was handled since the last commit comes again.")]
    public static partial void NotClosed(ILogger logger, string topic, int partition, TimeSpan timeout);

    [LoggerMessage(LogLevel.Critical, "Kafka, reading {Topic}/{Partition}: the reader itself failed.")]
    public static partial void Defect(ILogger logger, Exception exception, string topic, int partition);
}
