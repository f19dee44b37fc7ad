using Microsoft.Extensions.Logging;

namespace Game.Broadcast.InProcess;

/// <summary>Hands a queue's batches to a handler, one after the other, once it is the queue's active consumer.</summary>
internal sealed partial class QueueConsumer : IAsyncDisposable
{
    private readonly MessageQueue _queue;
    private readonly Func<IReadOnlyList<Delivery>, CancellationToken, Task> _handler;
    private readonly InProcessBus _bus;
    private readonly InProcessBusOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _run;
    private int _disposed;

    public QueueConsumer(
        InProcessBus bus,
        MessageQueue queue,
        Func<IReadOnlyList<Delivery>, CancellationToken, Task> handler,
        InProcessBusOptions options,
        TimeProvider clock,
        ILogger logger)
    {
        _bus = bus;
        _queue = queue;
        _handler = handler;
        _options = options;
        _clock = clock;
        _logger = logger;
        _run = Task.Run(RunAsync);
    }

    public MessageQueue Queue => _queue;

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _stopping.CancelAsync();
            _queue.Wake();
        }

        await _run;
        _stopping.Dispose();
        _bus.Forget(this);
    }

    private async Task RunAsync()
    {
        var stopping = _stopping.Token;
        try
        {
            await _queue.ActiveConsumer.WaitAsync(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Never had its turn.
            return;
        }

        try
        {
            var setbacks = 0;
            while (!stopping.IsCancellationRequested)
            {
                if (_queue.TryTake(_clock.GetUtcNow()) is { } batch)
                {
                    var returned = await DeliverAsync(batch, stopping);
                    setbacks = returned == 0 ? 0 : setbacks + 1;
                }
                else if (_queue.NeedsPage(out var after))
                {
                    setbacks = await TryLoadPageAsync(after) ? 0 : setbacks + 1;
                }
                else
                {
                    await _queue.WaitAsync(stopping);
                }

                if (setbacks > 0)
                {
                    await BackOffAsync(setbacks, stopping);
                }
            }
        }
        finally
        {
            _queue.ActiveConsumer.Release();
        }
    }

    /// <returns>How many of the batch come again.</returns>
    private async Task<int> DeliverAsync(InProcessDelivery[] batch, CancellationToken stopping)
    {
        var fresh = Array.Exists(batch, delivery => delivery.Outcome != DeliveryOutcome.None)
            ? Array.FindAll(batch, delivery => delivery.Outcome == DeliveryOutcome.None)
            : batch;
        var failure = "The handler did not settle it.";
        if (fresh.Length > 0)
        {
            try
            {
                await _handler(fresh, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                // The consumer stops; what it has not settled goes back below.
            }
            catch (Exception exception)
            {
                LogHandlerFailed(_logger, _queue.Name, fresh.Length, exception);
                failure = exception.Message;
            }
        }

        foreach (var delivery in fresh)
        {
            delivery.TrySettle(stopping.IsCancellationRequested ? DeliveryOutcome.Postponed : DeliveryOutcome.Retried, failure);
        }

        return _bus.Complete(_queue, batch);
    }

    private async Task<bool> TryLoadPageAsync(long after)
    {
        try
        {
            await _bus.LoadPageAsync(_queue, after);
            return true;
        }
        catch (BroadcastException exception)
        {
            LogPageFailed(_logger, _queue.Name, exception);
            return false;
        }
    }

    private async Task BackOffAsync(int setbacks, CancellationToken stopping)
    {
        var delay = _options.RedeliveryDelay * Math.Pow(2, Math.Min(setbacks - 1, 30));
        try
        {
            await Task.Delay(delay < _options.MaxRedeliveryDelay ? delay : _options.MaxRedeliveryDelay, _clock, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopping ends the back-off; the next consumer starts at once.
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The handler of queue {Queue} failed over a batch of {Count}.")]
    private static partial void LogHandlerFailed(ILogger logger, string queue, int count, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Queue {Queue} could not be read from the bus file.")]
    private static partial void LogPageFailed(ILogger logger, string queue, Exception exception);
}
