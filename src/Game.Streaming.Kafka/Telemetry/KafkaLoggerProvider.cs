using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Game.Streaming.Kafka.Telemetry;

/// <summary>
/// Writes log lines to a topic. Never waits: a line that finds the writer's queue full is dropped and counted, here and in the
/// next line that gets through. What the Kafka client itself logs does not come here. Safe for concurrent use.
/// </summary>
/// <param name="writer">With a queue that logs may fill; stays the caller's. Its own logger must not lead back to this one.</param>
/// <param name="topic">The topic.</param>
/// <param name="server">The name of this process.</param>
/// <param name="redactor">Replaces secrets.</param>
/// <param name="clock">Stamps lines.</param>
[ProviderAlias("Kafka")]
public sealed class KafkaLoggerProvider(RecordWriter writer, string topic, string server, SecretRedactor redactor, TimeProvider clock)
    : ILoggerProvider
{
    private const int LongestText = 8_000;
    private const int LongestField = 200;
    private const int MostFields = 16;
    private const string Template = "{OriginalFormat}";

    private static readonly Meter Meter = new(KafkaMetrics.MeterName);
    private static readonly Counter<long> DroppedLines = Meter.CreateCounter<long>(
        "game.logs.dropped", "{line}", "Log lines that the topic's queue had no room for.");

    private readonly ConcurrentDictionary<string, ILogger> _loggers = new(StringComparer.Ordinal);
    private long _dropped;
    private long _untold;
    private bool _isDisposed;

    /// <summary>Lines dropped so far.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public ILogger CreateLogger(string categoryName) => _loggers.GetOrAdd(categoryName, name => new Logger(this, name));

    /// <summary>Takes no more lines; those in the queue are the writer's.</summary>
    public void Dispose() => Volatile.Write(ref _isDisposed, true);

    private void Write<TState>(LogLevel level, string category, EventId id, TState state, Exception? exception, string message)
    {
        if (Volatile.Read(ref _isDisposed))
        {
            return;
        }

        var untold = Interlocked.Exchange(ref _untold, 0);
        var record = new LogRecord(
            server,
            clock.GetUtcNow(),
            NameOf(level),
            category,
            id.Name ?? "",
            Clean(message, LongestText),
            FieldsOf(state),
            exception is null ? null : Clean(exception.ToString(), LongestText),
            Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.TraceId.ToString() : null,
            untold);
        if (!writer.TryWrite(TelemetryCodec.Instance.Encode(topic, server, record)))
        {
            Interlocked.Increment(ref _dropped);
            Interlocked.Add(ref _untold, untold + 1);
            DroppedLines.Add(1);
        }
    }

    private Dictionary<string, string> FieldsOf<TState>(TState state)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        if (state is IReadOnlyList<KeyValuePair<string, object?>> values)
        {
            foreach (var (name, value) in values)
            {
                if (name != Template && fields.Count < MostFields)
                {
                    fields[name] = SecretRedactor.IsSecret(name) ? SecretRedactor.Mask : Clean($"{value}", LongestField);
                }
            }
        }

        return fields;
    }

    /// <summary>Redacted whole, then cut: a secret cut in two would not be recognised.</summary>
    private string Clean(string text, int longest)
    {
        // No line is so long that the rest of it could matter.
        text = redactor.Redact(text.Length > 4 * LongestText ? text[..(4 * LongestText)] : text);
        return text.Length > longest ? text[..longest] : text;
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "information",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "critical",
    };

    private sealed class Logger(KafkaLoggerProvider provider, string category) : ILogger
    {
        // The client logs what goes wrong with writing: written to where it went wrong, that would go on and on.
        private readonly bool _isClient = category.StartsWith("Game.Streaming.Kafka", StringComparison.Ordinal);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None && !_isClient;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                provider.Write(logLevel, category, eventId, state, exception, formatter(state, exception));
            }
        }
    }
}
