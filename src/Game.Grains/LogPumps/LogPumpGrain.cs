using Game.EventStore;
using Game.Grains.EventSourcing;
using Microsoft.Extensions.Logging;

namespace Game.Grains.LogPumps;

/// <summary>
/// A grain that carries the shard's log somewhere: reads after its durable cursor, sends, and moves the cursor once what it sent is
/// confirmed, so that a crash in between sends again. Woken by hints, by its timer, and by its reminder after the silo that ran it
/// is gone; trouble makes it wait longer and longer and try again. Derived classes are reentrant.
/// </summary>
public abstract partial class LogPumpGrain(EventSourcingServices services) : ShardGrain, IRemindable
{
    /// <summary>Events read at once.</summary>
    protected const int PageSize = 512;

    /// <summary>After a hint: it may have stood for appends that came just behind it.</summary>
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(1);

    /// <summary>Where nobody hints: for hints that were lost with the silo that gave them.</summary>
    private static readonly TimeSpan MaxLookInterval = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(15);

    private readonly CancellationTokenSource _stopping = new();
    private IGrainTimer? _looks;
    private TimeSpan _lookInterval = FirstLook;
    private bool _woken;
    private Task _pump = Task.CompletedTask;

    /// <summary>The name of its cursor in the shard's store.</summary>
    protected abstract string CursorName { get; }

    /// <summary>Stored with the reminder: never to be changed.</summary>
    protected abstract string ReminderName { get; }

    /// <summary>Whether there is anywhere to carry the log to. If not, the grain sleeps, and takes back the reminder of other times.</summary>
    protected virtual bool IsUsed => true;

    protected EventSourcingServices Services => services;

    /// <summary>The last position carried.</summary>
    protected long Cursor { get; set; }

    /// <summary>What was sent since the activation.</summary>
    protected long Sent { get; set; }

    /// <summary>Attempts in vain since the activation.</summary>
    protected long Failures { get; private set; }

    /// <summary>Why the last attempt failed; null if it did not.</summary>
    protected string? Trouble { get; private set; }

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Cursor = await services.Store.ReadCursorAsync(CursorName, cancellationToken);
        await LoadAsync(cancellationToken);
        if (!IsUsed)
        {
            return;
        }

        await this.KeepReminderAsync(ReminderName);
        _looks = this.CallEvery(TimeSpan.Zero, FirstLook, static (self, _) => self.LookAsync());
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
        LookIn(FirstLook);
        Pump();
        return Task.CompletedTask;
    }

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (!IsUsed)
        {
            // The log was carried there once, and is no more.
            await this.DropReminderAsync(ReminderName);
            return;
        }

        Pump();
    }

    /// <summary>Reads what belongs to the cursor, before anything is sent.</summary>
    protected virtual Task LoadAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Before the pages of a round.</summary>
    protected virtual Task BeginAsync(CancellationToken stopping) => Task.CompletedTask;

    /// <summary>Sends what follows the cursor and sets <see cref="Cursor"/> to its end once all of it is confirmed.</summary>
    /// <returns>False when there is no more to send at the moment.</returns>
    protected abstract Task<bool> SendPageAsync(CancellationToken stopping);

    /// <summary>After the pages of a round.</summary>
    protected virtual Task FinishAsync(CancellationToken stopping) => Task.CompletedTask;

    /// <summary>Whether what follows the cursor is to be sent again after this. Failures of the store and time-outs always are.</summary>
    protected abstract bool IsTrouble(Exception exception);

    /// <summary>Called before the wait for the next attempt.</summary>
    protected virtual void OnTrouble()
    {
    }

    /// <summary>Makes the cursor durable. False: another activation has come further, and this one goes on from there.</summary>
    protected async Task<bool> MoveCursorAsync(long position, CancellationToken stopping)
    {
        try
        {
            await services.Store.WriteCursorAsync(CursorName, position, stopping);
            Cursor = position;
            return true;
        }
        catch (ArgumentException)
        {
            // What both sent is there twice.
            Cursor = await services.Store.ReadCursorAsync(CursorName, stopping);
            return false;
        }
    }

    private Task LookAsync()
    {
        LookIn(_lookInterval * 2 > MaxLookInterval ? MaxLookInterval : _lookInterval * 2);
        Pump();
        return Task.CompletedTask;
    }

    private void LookIn(TimeSpan interval)
    {
        if (interval != _lookInterval)
        {
            _lookInterval = interval;
            _looks?.Change(interval, interval);
        }
    }

    private void Pump()
    {
        _woken = true;
        if (_pump.IsCompleted && IsUsed)
        {
            _pump = PumpAsync(_stopping.Token);
        }
    }

    private async Task PumpAsync(CancellationToken stopping)
    {
        var backoff = FirstBackoff;
        while (_woken && !stopping.IsCancellationRequested)
        {
            _woken = false;
            try
            {
                await BeginAsync(stopping);
                while (await SendPageAsync(stopping))
                {
                    backoff = FirstBackoff;
                    Trouble = null;
                }

                await FinishAsync(stopping);
                Trouble = null;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is EventStoreException or TimeoutException || IsTrouble(exception))
            {
                Failures++;
                Trouble = exception.Message;
                _woken = true;
                OnTrouble();
                LogRetrying(services.Logger, CursorName, Cursor, backoff, exception);
                await WaitAsync(backoff, stopping);
                backoff = backoff * 2 > MaxBackoff ? MaxBackoff : backoff * 2;
            }
        }
    }

    private async Task WaitAsync(TimeSpan delay, CancellationToken stopping)
    {
        try
        {
            await Task.Delay(delay, services.Clock, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Deactivation ends the back-off; the next activation goes on from the cursor.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Cursor} after position {Position}: not sent, again in {Delay}.")]
    private static partial void LogRetrying(ILogger logger, string cursor, long position, TimeSpan delay, Exception exception);
}
