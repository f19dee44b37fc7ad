using Game.Contracts.Broadcast;
using Game.EventStore;
using Game.Grains.EventSourcing;
using Microsoft.Extensions.Logging;

namespace Game.Grains.Relay;

/// <summary>
/// Carries the whole log to a sink, in log order. The cursor moves after the sink has confirmed, so a crash in between writes
/// again: at least once, and every reader knows an event by shard and position. Play does not wait for any of it.
/// </summary>
[Reentrant]
public sealed partial class EventRelayGrain : Grain, IEventRelayGrain, IRemindable
{
    /// <summary>Events that are written and not yet confirmed, at most.</summary>
    private const int PageSize = 512;
    private const string KeepAwake = "relay";
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReminderInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(15);

    private readonly EventSourcingServices _services;
    private readonly EventRelay _relay;
    private readonly ShardIdentity _shard;
    private readonly CancellationTokenSource _stopping = new();
    private string _topic = "";
    private long _cursor;
    private long _published;
    private long _failures;
    private string? _trouble;
    private bool _woken;
    private Task _pump = Task.CompletedTask;

    public EventRelayGrain(EventSourcingServices services, EventRelay relay, ShardIdentity shard)
    {
        _services = services;
        _relay = relay;
        _shard = shard;
    }

    private string CursorName => CursorOf(_topic);

    /// <summary>The name of the cursor in the shard's store.</summary>
    public static string CursorOf(string topic) => $"kafka/{topic}";

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _topic = this.GetPrimaryKeyString();
        _cursor = await _services.Store.ReadCursorAsync(CursorName, cancellationToken);
        if (_relay.Sink is null)
        {
            return;
        }

        await RemindAsync();
        this.RegisterGrainTimer(
            static (self, _) => self.WakeAsync(),
            this,
            new GrainTimerCreationOptions { DueTime = TimeSpan.Zero, Period = LookInterval, KeepAlive = true });
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // Not CancelAsync: that would run the callbacks outside the grain's turns.
        _stopping.Cancel();
        await _pump;
        _stopping.Dispose();
    }

    public Task WakeAsync()
    {
        _woken = true;
        if (_pump.IsCompleted && _relay.Sink is { } sink)
        {
            _pump = PumpAsync(sink, _stopping.Token);
        }

        return Task.CompletedTask;
    }

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (_relay.Sink is null && await this.GetReminder(KeepAwake) is { } reminder)
        {
            // The shard published its log once, and does so no more.
            await this.UnregisterReminder(reminder);
            return;
        }

        await WakeAsync();
    }

    public async Task<RelayStatus> GetStatusAsync() =>
        new(_topic, _cursor, await _services.Store.GetHeadAsync(), _published, _failures, _trouble);

    private Task RemindAsync() => this.RegisterOrUpdateReminder(KeepAwake, ReminderInterval, ReminderInterval);

    private async Task PumpAsync(IEventSink sink, CancellationToken stopping)
    {
        var backoff = FirstBackoff;
        while (_woken && !stopping.IsCancellationRequested)
        {
            _woken = false;
            try
            {
                while (await RelayPageAsync(sink, stopping))
                {
                    backoff = FirstBackoff;
                }

                _trouble = null;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is EventSinkException or EventStoreException or TimeoutException)
            {
                _failures++;
                _trouble = exception.Message;
                _woken = true;
                RelayMetrics.OnFailure(_shard.Name);
                LogRetrying(_services.Logger, _topic, _cursor, backoff, exception.Message);
                await WaitAsync(backoff, stopping);
                backoff = backoff * 2 > MaxBackoff ? MaxBackoff : backoff * 2;
            }
        }
    }

    /// <returns>False when the end of the log is reached.</returns>
    private async Task<bool> RelayPageAsync(IEventSink sink, CancellationToken stopping)
    {
        var page = await _services.Store.ReadLogAsync(_cursor, PageSize, stopping);
        if (page.Count == 0)
        {
            RelayMetrics.SetLag(_shard.Name, 0);
            return false;
        }

        RelayMetrics.SetLag(_shard.Name, await _services.Store.GetHeadAsync(stopping) - _cursor);
        await sink.WriteAsync(_shard.Name, page, stopping);
        _trouble = null;
        await MoveCursorAsync(page[^1].Event.Position, stopping);
        _published += page.Count;
        RelayMetrics.OnPublished(_shard.Name, page.Count);
        return true;
    }

    private async Task MoveCursorAsync(long position, CancellationToken stopping)
    {
        try
        {
            await _services.Store.WriteCursorAsync(CursorName, position, stopping);
            _cursor = position;
        }
        catch (ArgumentException)
        {
            // Another activation has come further: what both wrote is there twice, and this one goes on from there.
            _cursor = await _services.Store.ReadCursorAsync(CursorName, stopping);
        }
    }

    private async Task WaitAsync(TimeSpan delay, CancellationToken stopping)
    {
        try
        {
            await Task.Delay(delay, _services.Clock, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Deactivation ends the back-off; the next activation goes on from the cursor.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Topic {Topic} after position {Cursor}: not published, again in {Delay}: {Reason}")]
    private static partial void LogRetrying(ILogger logger, string topic, long cursor, TimeSpan delay, string reason);
}
