using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Game.Gateway.Telemetry;

/// <summary>What the gateway counts, on the meter <c>Game.Gateway</c>. Safe for concurrent use.</summary>
internal sealed class GatewayMetrics : IDisposable
{
    public const string MeterName = "Game.Gateway";

    // One for all gateways of a process, for its whole life: an exporter takes meters of one name for one, and with one gateway's it
    // would stop showing the others' numbers.
    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> RequestCounter =
        Meter.CreateCounter<long>("gateway.requests", "{request}", "HTTP requests by route, method and status.");

    private static readonly Histogram<double> RequestDuration = Meter.CreateHistogram<double>(
        "gateway.request.duration", "s", "From a request to the end of its answer, sessions excepted.");

    private static readonly Counter<long> RefusalCounter =
        Meter.CreateCounter<long>("gateway.refusals", "{refusal}", "Refusals by code, over HTTP and in sessions.");

    private static readonly Counter<long> FrameCounter =
        Meter.CreateCounter<long>("gateway.frames", "{frame}", "Frames received, by type and whether they were refused.");

    private static readonly Counter<long> PushCounter =
        Meter.CreateCounter<long>("gateway.pushes", "{frame}", "Pushes queued for sessions, by type.");

    private static readonly Counter<long> ClosedCounter =
        Meter.CreateCounter<long>("gateway.sessions.closed", "{session}", "Sessions that ended, by close code.");

    private static readonly ConcurrentDictionary<GatewayMetrics, Func<int>> Sessions = [];

    private long _requestCount;
    private long _refusalCount;
    private long _frameCount;
    private long _pushCount;

    static GatewayMetrics() => Meter.CreateObservableGauge(
        "gateway.sessions", static () => Sessions.Values.Sum(count => count()), "{session}", "Open sessions.");

    /// <summary>All since the start, as the console shows them.</summary>
    public long Requests => Interlocked.Read(ref _requestCount);

    public long Refusals => Interlocked.Read(ref _refusalCount);

    public long Frames => Interlocked.Read(ref _frameCount);

    public long Pushes => Interlocked.Read(ref _pushCount);

    /// <summary>Shows how many sessions are open.</summary>
    public void ObserveSessions(Func<int> count) => Sessions[this] = count;

    /// <param name="route">The route's pattern, so that the number of series is bounded.</param>
    /// <param name="method">The HTTP method.</param>
    /// <param name="status">The answer's status.</param>
    /// <param name="duration">Null for what is no request and answer (a session).</param>
    public void Request(string route, string method, int status, TimeSpan? duration)
    {
        Interlocked.Increment(ref _requestCount);
        RequestCounter.Add(1, new("route", route), new("method", method), new("status", status));
        if (duration is { } time)
        {
            RequestDuration.Record(time.TotalSeconds, new("route", route), new("method", method));
        }
    }

    public void Refused(string code)
    {
        Interlocked.Increment(ref _refusalCount);
        RefusalCounter.Add(1, new KeyValuePair<string, object?>("code", code));
    }

    /// <param name="type">A known type, or "unknown".</param>
    /// <param name="code">Why it was refused, or null.</param>
    public void Frame(string type, string? code)
    {
        Interlocked.Increment(ref _frameCount);
        FrameCounter.Add(1, new("type", type), new("refused", code is not null));
        if (code is not null)
        {
            Refused(code);
        }
    }

    public void Pushed(string type, int sessions)
    {
        Interlocked.Add(ref _pushCount, sessions);
        PushCounter.Add(sessions, new KeyValuePair<string, object?>("type", type));
    }

    public void SessionClosed(int code) => ClosedCounter.Add(1, new KeyValuePair<string, object?>("code", code));

    public void Dispose() => Sessions.TryRemove(this, out _);
}
