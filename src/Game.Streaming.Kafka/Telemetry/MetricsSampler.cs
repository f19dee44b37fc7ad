using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Game.Streaming.Kafka.Telemetry;

/// <summary>
/// Writes what this server did in each interval to a topic, from the meters of the game and the runtime. Never waits for the
/// topic: a sample without room is dropped and counted by the writer.
/// </summary>
public sealed class MetricsSampler : IAsyncDisposable
{
    private const string Requests = "gateway.requests";
    private const string RequestDuration = "gateway.request.duration";
    private const string Frames = "gateway.frames";
    private const string Pushes = "gateway.pushes";
    private const string Sessions = "gateway.sessions";
    private const string Appends = "game.event_store.appends";
    private const string AppendDuration = "game.event_store.append.duration";
    private const string Npgsql = "Npgsql";

    // One name until Npgsql 9, the other since.
    private static readonly string[] Pools = ["db.client.connections.usage", "db.client.connection.count"];

    private readonly RecordWriter _writer;
    private readonly string _topic;
    private readonly string _server;
    private readonly IReadOnlyList<string> _shards;
    private readonly Func<long> _logsDropped;
    private readonly TimeProvider _clock;
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, StrongBox> _sums = new(StringComparer.Ordinal)
    {
        [Requests] = new(),
        [Frames] = new(),
        [Pushes] = new(),
        [Appends] = new(),
    };

    private readonly LatencyBuckets _requests = new();
    private readonly LatencyBuckets _commits = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _sampling;
    private long _sessions;
    private long _connections;
    private bool _hasDatabase;
    private long _lastStamp;
    private TimeSpan _lastCpu;

    private MetricsSampler(
        RecordWriter writer, string topic, string server, IReadOnlyList<string> shards, TimeSpan interval, Func<long> logsDropped, TimeProvider clock)
    {
        (_writer, _topic, _server, _shards, _logsDropped, _clock) = (writer, topic, server, shards, logsDropped, clock);
        _listener.InstrumentPublished = Publish;
        _listener.SetMeasurementEventCallback<long>(OnCount);
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, state) => OnCount(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<double>(OnDuration);
        _listener.Start();
        _lastStamp = clock.GetTimestamp();
        _lastCpu = CpuTime();
        _sampling = SampleAsync(interval);
    }

    /// <param name="writer">Stays the caller's.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="server">The name of this process.</param>
    /// <param name="shards">The shards it runs.</param>
    /// <param name="interval">Between samples, at least 1 s.</param>
    /// <param name="logsDropped">Log lines dropped since the start.</param>
    /// <param name="clock">Stamps samples and times them.</param>
    public static MetricsSampler Start(
        RecordWriter writer, string topic, string server, IReadOnlyList<string> shards, TimeSpan interval, Func<long> logsDropped, TimeProvider clock)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(interval, TimeSpan.FromSeconds(1));
        return new MetricsSampler(writer, topic, server, shards, interval, logsDropped, clock);
    }

    /// <summary>Writes the interval under way, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        await _stopping.CancelAsync();
        await _sampling;
        Write();
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task SampleAsync(TimeSpan interval)
    {
        using var timer = new PeriodicTimer(interval, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                Write();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The last sample is written by whoever ends this.
        }
    }

    private void Write() => _writer.TryWrite(TelemetryCodec.Instance.Encode(_topic, _server, Take()));

    private ServerMetrics Take()
    {
        Interlocked.Exchange(ref _sessions, 0);
        Interlocked.Exchange(ref _connections, 0);
        _listener.RecordObservableInstruments();
        var stamp = _clock.GetTimestamp();
        var cpu = CpuTime();
        var seconds = Math.Max(0.001, _clock.GetElapsedTime(_lastStamp, stamp).TotalSeconds);
        var used = (cpu - _lastCpu).TotalSeconds / seconds;
        (_lastStamp, _lastCpu) = (stamp, cpu);
        return new ServerMetrics(
            _server,
            _shards,
            _clock.GetUtcNow(),
            Math.Round(seconds, 3),
            Math.Round(used, 3),
            Environment.WorkingSet,
            GC.GetTotalMemory(forceFullCollection: false),
            ThreadPool.ThreadCount,
            Interlocked.Read(ref _sessions),
            PerSecond(Requests, seconds),
            PerSecond(Frames, seconds),
            PerSecond(Pushes, seconds),
            PerSecond(Appends, seconds),
            _requests.Take(),
            _commits.Take(),
            _hasDatabase ? Interlocked.Read(ref _connections) : null,
            _logsDropped());
    }

    private double PerSecond(string name, double seconds) => Math.Round(Interlocked.Exchange(ref _sums[name].Value, 0) / seconds, 2);

    private static TimeSpan CpuTime()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }

    private void Publish(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter.Name == Npgsql ? Pools.Contains(instrument.Name)
            : instrument.Name is RequestDuration or Sessions or AppendDuration || _sums.ContainsKey(instrument.Name))
        {
            listener.EnableMeasurementEvents(instrument);
        }
    }

    private void OnCount(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (_sums.TryGetValue(instrument.Name, out var sum))
        {
            Interlocked.Add(ref sum.Value, value);
        }
        else if (instrument.Name == Sessions)
        {
            Interlocked.Add(ref _sessions, value);
        }
        else
        {
            _hasDatabase = true;
            Interlocked.Add(ref _connections, value);
        }
    }

    private void OnDuration(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state) =>
        (instrument.Name == AppendDuration ? _commits : _requests).Record(value);

    private sealed class StrongBox
    {
        public long Value;
    }
}
