using Microsoft.Extensions.Logging;

namespace Game.Broadcast.RabbitMq;

/// <summary>What a queue's consumers work with.</summary>
internal sealed record ConsumerServices(
    BrokerConnection Connection,
    Topology Topology,
    QueueReader Reader,
    DeadLetterQueue DeadLetters,
    BroadcastMetrics Metrics,
    RabbitMqOptions Options,
    TimeProvider Clock,
    ILogger Logger);

/// <summary>
/// Consumes a queue until it is disposed. When the broker goes away everything unacknowledged will come again: it starts anew
/// with a new channel.
/// </summary>
internal sealed partial class QueueConsumer : IAsyncDisposable
{
    private readonly string _queue;
    private readonly Func<IReadOnlyList<Delivery>, CancellationToken, Task> _handler;
    private readonly ConsumerServices _services;
    private readonly Action<QueueConsumer> _disposed;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _run;
    private Intake? _intake;
    private int _disposing;

    private QueueConsumer(
        string queue,
        QueueDeclaration? declaration,
        Intake? intake,
        Func<IReadOnlyList<Delivery>, CancellationToken, Task> handler,
        ConsumerServices services,
        Action<QueueConsumer> disposed)
    {
        (_queue, _handler, _services, _disposed, _intake) = (queue, handler, services, disposed, intake);
        _run = Task.Run(() => RunAsync(declaration, intake));
    }

    public string Queue => _queue;

    /// <summary>Messages that came and were not acknowledged.</summary>
    public long Unacknowledged => _intake?.Unacknowledged ?? 0;

    /// <exception cref="BroadcastException">The queue was not declared, or the broker is away.</exception>
    public static async Task<QueueConsumer> StartAsync(
        string queue,
        Func<IReadOnlyList<Delivery>, CancellationToken, Task> handler,
        ConsumerServices services,
        Action<QueueConsumer> disposed)
    {
        try
        {
            var declaration = await services.Topology.RestoreAsync(queue);
            var intake = await Intake.OpenAsync(services.Connection, declaration);
            return new QueueConsumer(queue, declaration, intake, handler, services, disposed);
        }
        catch (BroadcastException failure) when (Topology.IsTaken(failure))
        {
            // Transient, and another process's for now: this consumer asks until it is its turn.
            return new QueueConsumer(queue, null, null, handler, services, disposed);
        }
    }

    /// <summary>Gives up the place it has at the broker, if any, and takes a new one.</summary>
    public void StartAgain() => _intake?.GiveUp();

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposing, 1) == 0)
        {
            await _stopping.CancelAsync();
        }

        await _run;
        _stopping.Dispose();
        _disposed(this);
    }

    private async Task RunAsync(QueueDeclaration? declaration, Intake? intake)
    {
        var failures = 0;

        // An intake that is open has to be closed, also if the stop comes before the first round.
        while (intake is not null || !_stopping.IsCancellationRequested)
        {
            try
            {
                if (intake is null || declaration is null)
                {
                    declaration = await _services.Topology.RestoreAsync(_queue);
                    intake = await Intake.OpenAsync(_services.Connection, declaration);
                    _intake = intake;
                }

                await using var session = new ConsumerSession(declaration, intake, _handler, _services);
                await session.RunAsync(() => failures = 0, _stopping.Token);
            }
            catch (Exception exception) when (_stopping.IsCancellationRequested && IsBrokers(exception))
            {
                // The broker ended it a little earlier.
            }
            catch (Exception exception)
            {
                if (!IsBrokers(exception))
                {
                    LogFailed(_services.Logger, _queue, exception);
                }
                else if (failures == 0 && !Topology.IsTaken(exception))
                {
                    LogInterrupted(_services.Logger, _queue, BrokerErrors.Describe(exception));
                }

                await PauseAsync(_services.Options.Backoff(++failures));
            }

            intake = null;
            _intake = null;
        }
    }

    private static bool IsBrokers(Exception exception) => exception is BroadcastException || BrokerErrors.IsBrokers(exception);

    private async Task PauseAsync(TimeSpan time)
    {
        try
        {
            await Task.Delay(time, _services.Clock, _stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Stopping ends the pause.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue {Queue}: the consumer was interrupted and starts again: {Reason}")]
    private static partial void LogInterrupted(ILogger logger, string queue, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Queue {Queue}: the consumer failed and starts again.")]
    private static partial void LogFailed(ILogger logger, string queue, Exception exception);
}
