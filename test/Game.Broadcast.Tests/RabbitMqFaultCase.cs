using System.Diagnostics;
using Game.Broadcast.RabbitMq;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using Xunit;

namespace Game.Broadcast.Tests;

/// <summary>What tests of faults share.</summary>
public abstract class RabbitMqFaultCase
{
    /// <summary>Short, so that a test does not wait long; what is promised scales with it.</summary>
    protected static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(2);

    protected static readonly TimeSpan ConfirmTimeout = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    internal CapturedLog Log { get; } = new();

    /// <summary>A queue and routing key that no other test uses.</summary>
    protected string Name { get; } = $"fault-{Guid.NewGuid():N}";

    protected Task<RabbitMqBus> OpenAsync(Uri broker, Func<RabbitMqOptions, RabbitMqOptions>? change = null)
    {
        var options = new RabbitMqOptions
        {
            Nodes = [broker],
            Heartbeat = Heartbeat,
            RequestTimeout = TimeSpan.FromSeconds(4),
            ConfirmTimeout = ConfirmTimeout,
            MaxRetryDelay = TimeSpan.FromMilliseconds(500),
            DepthInterval = TimeSpan.FromSeconds(1),
            RestoreInterval = TimeSpan.FromSeconds(1),
        };
        return RabbitMqBus.OpenAsync(change?.Invoke(options) ?? options, TimeProvider.System, Log, Cancelled);
    }

    protected static Uri Through(Uri broker, int port) => new UriBuilder(broker) { Port = port }.Uri;

    protected Task DeclareAsync(IBroadcastBus bus) =>
        bus.DeclareQueueAsync(new QueueDeclaration(Name, [new QueueBinding(Exchanges.World, Name)]), Cancelled).AsTask();

    /// <summary>Something that no bus would do.</summary>
    protected static async Task MeddleAsync(Uri broker, Func<IChannel, Task> meddle)
    {
        await using var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync(Cancelled);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancelled);
        await meddle(channel);
    }

    protected static async Task UntilAsync(Func<Task<bool>> condition, string complaint)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, complaint);
            await Task.Delay(20, Cancelled);
        }
    }

    /// <summary>Waits for a condition; fails with what it was told to say after three minutes.</summary>
    protected static async Task UntilAsync(Func<bool> condition, Func<string> complaint)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, complaint());
            await Task.Delay(20, Cancelled);
        }
    }
}

/// <summary>Keeps warnings and errors.</summary>
internal sealed class CapturedLog : ILogger<RabbitMqBus>
{
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            lock (_lines)
            {
                _lines.Add(formatter(state, exception));
            }
        }
    }
}
