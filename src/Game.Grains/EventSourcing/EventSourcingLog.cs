using Microsoft.Extensions.Logging;

namespace Game.Grains.EventSourcing;

/// <summary>What event-sourced grains say.</summary>
internal static partial class EventSourcingLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Stream {Stream}: the event store failed.")]
    public static partial void StoreFailed(ILogger logger, string stream, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stream {Stream}: outcome of an append unknown, looking it up.")]
    public static partial void OutcomeUnknown(ILogger logger, string stream, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stream {Stream}: no snapshot written.")]
    public static partial void SnapshotFailed(ILogger logger, string stream, Exception exception);
}
