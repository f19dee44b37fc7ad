using System.Diagnostics.Metrics;

namespace Game.Gateway.Telemetry;

/// <summary>What the gateway counts, on the meter <c>Game.Gateway</c>. Safe for concurrent use.</summary>
internal sealed class GatewayMetrics : IDisposable
{
    public const string MeterName = "Game.Gateway";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _frames;
    private readonly Counter<long> _pushes;
    private readonly Counter<long> _closed;
    private long _requestCount;
    private long _refusalCount;
    private long _frameCount;
    private long _pushCount;

    public GatewayMetrics()
    {
        _requests = _meter.CreateCounter<long>("gateway.requests", "{request}", "HTTP requests by route, method and status.");
        _duration = _meter.CreateHistogram<double>(
            "gateway.request.duration", "s", "From a request to the end of its answer, sessions excepted.");
        _refusals = _meter.CreateCounter<long>("gateway.refusals", "{refusal}", "Refusals by code, over HTTP and in sessions.");
        _frames = _meter.CreateCounter<long>("gateway.frames", "{frame}", "Frames received, by type and whether they were refused.");
        _pushes = _meter.CreateCounter<long>("gateway.pushes", "{frame}", "Pushes queued for sessions, by type.");
        _closed = _meter.CreateCounter<long>("gateway.sessions.closed", "{session}", "Sessions that ended, by close code.");
    }

    /// <summary>All since the start, as the console shows them.</summary>
    public long Requests => Interlocked.Read(ref _requestCount);

    public long Refusals => Interlocked.Read(ref _refusalCount);

    public long Frames => Interlocked.Read(ref _frameCount);

    public long Pushes => Interlocked.Read(ref _pushCount);

    /// <summary>Shows how many sessions are open.</summary>
    public void ObserveSessions(Func<int> count) => _meter.CreateObservableGauge("gateway.sessions", count, "{session}", "Open sessions.");

    /// <param name="route">The route's pattern, so that the number of series is bounded.</param>
    /// <param name="method">The HTTP method.</param>
    /// <param name="status">The answer's status.</param>
    /// <param name="duration">Null for what is no request and answer (a session).</param>
    public void Request(string route, string method, int status, TimeSpan? duration)
    {
        Interlocked.Increment(ref _requestCount);
        _requests.Add(1, new("route", route), new("method", method), new("status", status));
        if (duration is { } time)
        {
            _duration.Record(time.TotalSeconds, new("route", route), new("method", method));
        }
    }

    public void Refused(string code)
    {
        Interlocked.Increment(ref _refusalCount);
        _refusals.Add(1, new KeyValuePair<string, object?>("code", code));
    }

    /// <param name="type">A known type, or "unknown".</param>
    /// <param name="code">Why it was refused, or null.</param>
    public void Frame(string type, string? code)
    {
        Interlocked.Increment(ref _frameCount);
        _frames.Add(1, new("type", type), new("refused", code is not null));
        if (code is not null)
        {
            Refused(code);
        }
    }

    public void Pushed(string type, int sessions)
    {
        Interlocked.Add(ref _pushCount, sessions);
        _pushes.Add(sessions, new KeyValuePair<string, object?>("type", type));
    }

    public void SessionClosed(int code) => _closed.Add(1, new KeyValuePair<string, object?>("code", code));

    public void Dispose() => _meter.Dispose();
}
