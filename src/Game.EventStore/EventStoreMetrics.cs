using System.Diagnostics.Metrics;

namespace Game.EventStore;

/// <summary>What the stores of this process count (meter <c>Game.EventStore</c>).</summary>
internal static class EventStoreMetrics
{
    private static readonly Meter Meter = new("Game.EventStore");

    private static readonly Counter<long> Appends = Meter.CreateCounter<long>(
        "game.event_store.appends", description: "Appends answered, by status.");

    private static readonly Histogram<double> AppendDuration = Meter.CreateHistogram<double>(
        "game.event_store.append.duration", "s", "From the call to its answer, waiting for a transaction included.");

    private static readonly Histogram<int> BatchSize = Meter.CreateHistogram<int>(
        "game.event_store.transaction.size", description: "Writes that shared a transaction.");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "game.event_store.transaction.duration", "s", "From begin to durable.");

    public static void Append(AppendStatus status, TimeSpan duration)
    {
        Appends.Add(1, new KeyValuePair<string, object?>("status", NameOf(status)));
        AppendDuration.Record(duration.TotalSeconds);
    }

    public static void Transaction(int writes, TimeSpan duration)
    {
        BatchSize.Record(writes);
        Duration.Record(duration.TotalSeconds);
    }

    private static string NameOf(AppendStatus status) => status switch
    {
        AppendStatus.Appended => "appended",
        AppendStatus.Conflict => "conflict",
        _ => "duplicate",
    };
}
