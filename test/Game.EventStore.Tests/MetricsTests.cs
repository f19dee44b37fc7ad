using System.Diagnostics.Metrics;

namespace Game.EventStore.Tests;

[CollectionDefinition(nameof(MetricsTests), DisableParallelization = true)]
[Collection(nameof(MetricsTests))]
public sealed class MetricsTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Appends_AreCountedByStatus_AndShareTransactions()
    {
        var appends = new Dictionary<string, long>();
        var sizes = new List<int>();
        var durations = new List<double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "Game.EventStore")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            lock (appends)
            {
                var status = (string)tags[0].Value!;
                appends[status] = appends.GetValueOrDefault(status) + count;
            }
        });
        listener.SetMeasurementEventCallback<int>((_, size, _, _) => sizes.Add(size));
        listener.SetMeasurementEventCallback<double>((instrument, seconds, _, _) =>
        {
            if (instrument.Name == "game.event_store.append.duration")
            {
                lock (durations)
                {
                    durations.Add(seconds);
                }
            }
        });
        listener.Start();

        await using (var store = _folder.Open())
        {
            ValueTask<AppendResult> Append(string stream, long version, string id) => store.AppendAsync(
                stream, version, [new Commit(id, "", DateTimeOffset.UnixEpoch, [new EventData("t", 1, default)])]);

            await Task.WhenAll(Enumerable.Range(0, 500).Select(i => Append($"s{i}", 0, "c").AsTask()));
            await Append("s0", 1, "c");
            await Append("s0", 0, "d");
        }

        Assert.Equal(new Dictionary<string, long> { ["appended"] = 500, ["duplicate"] = 1, ["conflict"] = 1 }, appends);
        Assert.Equal(502, sizes.Sum());
        Assert.True(sizes.Count < 100, $"{sizes.Count} transactions for 502 appends.");
        Assert.Equal(502, durations.Count);
        Assert.All(durations, seconds => Assert.InRange(seconds, 0.000001, 60));
    }
}
