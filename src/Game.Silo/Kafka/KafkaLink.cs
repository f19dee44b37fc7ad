using Game.Contracts.Streams;
using Game.Grains.Relay;
using Game.Silo.Settings;
using Game.Streaming.Kafka;
using Game.Streaming.Kafka.Telemetry;

namespace Game.Silo.Kafka;

/// <summary>
/// What this process itself sends to Kafka: the event logs of its shards, its log lines, its metrics. Opened before the shards start
/// and closed after they have stopped. It has writers of its own, so that neither of them fills the queue of players' actions. Brokers that are away hold up none of them: the event log waits in its store, lines and
/// samples are dropped and counted once their queue is full.
/// </summary>
internal sealed class KafkaLink : IAsyncDisposable
{
    private readonly KafkaSettings _settings;
    private readonly RecordWriter _events;
    private readonly RecordWriter _telemetry;
    private readonly ILoggerFactory _loggers;
    private readonly MetricsSampler _sampler;

    private KafkaLink(SiloSettings settings, ILoggerFactory loggers)
    {
        _settings = settings.Kafka;
        _loggers = loggers;
        var server = settings.Kafka.Server ?? $"{Environment.MachineName}:{settings.Gateway.Port}";
        var kafka = settings.Kafka.ToOptions($"game {server}");
        var writing = loggers.CreateLogger<RecordWriter>();
        _events = RecordWriter.Open(kafka, EventOptions, TimeProvider.System, writing);
        _telemetry = RecordWriter.Open(kafka, TelemetryOptions, TimeProvider.System, writing);
        Events = new KafkaEventSink(
            _events, new EventRecordCodec(StreamTopics.GameEvents, SealKey.LoadOrCreate(settings)), KafkaHistory.PlacesOf(settings));
        Logs = new KafkaLoggerProvider(_telemetry, StreamTopics.GameLogs, server, new SecretRedactor(SecretsOf(settings)), TimeProvider.System);
        _sampler = MetricsSampler.Start(
            _telemetry,
            StreamTopics.ServerMetrics,
            server,
            settings.OwnShards,
            TimeSpan.FromSeconds(settings.Kafka.MetricsSeconds),
            () => Logs.Dropped,
            TimeProvider.System);
    }

    public IEventSink Events { get; }

    public KafkaLoggerProvider Logs { get; }

    /// <summary>An event is not given up while there is a store to read it from again; a shorter wait tells of trouble sooner.</summary>
    private static RecordWriterOptions EventOptions => new() { DeliveryTimeout = TimeSpan.FromSeconds(30), CloseTimeout = TimeSpan.FromSeconds(5) };

    private static RecordWriterOptions TelemetryOptions => new()
    {
        MaxQueuedRecords = 10_000,
        MaxQueuedBytes = 16 * 1024 * 1024,
        MaxWaitingCalls = 0,
        Linger = TimeSpan.FromMilliseconds(100),
        DeliveryTimeout = TimeSpan.FromMinutes(1),
        CloseTimeout = TimeSpan.FromSeconds(2),
    };

    /// <param name="settings">Settings that are valid.</param>
    /// <param name="loggers">Loggers that do not lead to Kafka.</param>
    /// <returns>Null if the settings name no Kafka.</returns>
    /// <exception cref="StartupException">The key for private events cannot be used.</exception>
    public static KafkaLink? Open(SiloSettings settings, ILoggerFactory loggers) =>
        settings.Kafka.IsUsed ? new KafkaLink(settings, loggers) : null;

    /// <summary>Adds the topic to where log lines go.</summary>
    public void AddTo(ILoggingBuilder logging) => logging
        .AddProvider(new Shared(Logs))

        // Rules of a provider go before those of all: what is left out on the console for good reasons is left out here too.
        .AddFilter<Shared>(null, _settings.LogLevel)
        .AddFilter<Shared>("Microsoft", Least(LogLevel.Warning))
        .AddFilter<Shared>("Microsoft.AspNetCore.DataProtection", Least(LogLevel.Error))
        .AddFilter<Shared>("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None)
        .AddFilter<Shared>("Orleans", Least(LogLevel.Error))
        .AddFilter<Shared>("Orleans.Runtime.MembershipService", Least(LogLevel.Warning))
        .AddFilter<Shared>("Polly", LogLevel.None);

    public async ValueTask DisposeAsync()
    {
        await _sampler.DisposeAsync();
        Logs.Dispose();
        await Task.WhenAll(_events.DisposeAsync().AsTask(), _telemetry.DisposeAsync().AsTask());
        _loggers.Dispose();
    }

    private static IEnumerable<string?> SecretsOf(SiloSettings settings)
    {
        yield return settings.Kafka.ReadPassword();
        yield return settings.Kafka.PrivateKey;
        yield return settings.Gateway.Tokens.Key;
        yield return settings.Gateway.Operator.Password;
        yield return settings.Postgres.IsUsed ? new Npgsql.NpgsqlConnectionStringBuilder(settings.Postgres.Of("s")).Password : null;
        foreach (var node in settings.RabbitMq.IsUsed ? settings.RabbitMq.Nodes : [])
        {
            yield return node.UserInfo.Split(':') is [_, var password] ? Uri.UnescapeDataString(password) : null;
        }
    }

    private LogLevel Least(LogLevel level) => level > _settings.LogLevel ? level : _settings.LogLevel;

    /// <summary>The provider in a container that would dispose it: it is this link's.</summary>
    [ProviderAlias("Kafka")]
    private sealed class Shared(KafkaLoggerProvider logs) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => logs.CreateLogger(categoryName);

        public void Dispose()
        {
        }
    }
}
