using System.Diagnostics.Metrics;

namespace Game.Streaming.Host.Tests.Suite;

/// <summary>Counts the records of a topic that readers of this process read from now on, by the metric.</summary>
internal sealed class ReadRecords : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _count;

    public ReadRecords(string topic)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "game.streaming.read")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, records, tags, _) =>
        {
            foreach (var tag in tags)
            {
                if (tag.Key == "topic" && Equals(tag.Value, topic))
                {
                    Interlocked.Add(ref _count, records);
                }
            }
        });
        _listener.Start();
    }

    public long Count => Volatile.Read(ref _count);

    /// <summary>Waits until nothing has been read for a second.</summary>
    public async Task SettleAsync()
    {
        for (var (last, quiet) = (-1L, 0); quiet < 10; await Task.Delay(100, TestContext.Current.CancellationToken))
        {
            (last, quiet) = Count == last ? (last, quiet + 1) : (Count, 0);
        }
    }

    public void Dispose() => _listener.Dispose();
}
