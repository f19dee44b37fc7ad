using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Game.Gateway.Tests.Harness;

/// <summary>Keeps what is logged.</summary>
public sealed class CapturedLog : ILoggerProvider
{
    // Kestrel's warning that its heartbeat came a second late, as on any busy machine.
    private const string LateHeartbeat = "HeartbeatSlow";

    private readonly ConcurrentQueue<string> _entries = new();

    public IReadOnlyList<string> Entries => [.. _entries];

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _entries);

    public void Dispose()
    {
    }

    private sealed class Logger(string category, ConcurrentQueue<string> entries) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel) && eventId.Name != LateHeartbeat)
            {
                entries.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {exception}");
            }
        }
    }
}
