using Game.Contracts;
using Game.Contracts.Purchases;
using Game.Domain.Purchases;
using Game.Grains.Analytics;
using Game.Grains.EventSourcing;
using Microsoft.Extensions.Logging;

namespace Game.Grains.Purchases;

/// <summary>
/// A receipt. Its revenue actions go onto the stream after they are durable here, at least once: what was not confirmed is sent
/// again by timer and reminder, and analytics know an action that comes again.
/// </summary>
[Reentrant]
public sealed partial class ReceiptGrain(
    EventSourcingServices services, IPlayerActionSink sink, ShardIdentity shard, AnalyticsMetrics metrics)
    : EventSourcedGrain<Receipt, ReceiptCommand>(services), IReceiptGrain, IRemindable
{
    private const string Unreported = "report";
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);

    private IGrainTimer? _timer;
    private bool _wanted;
    private Task _reporting = Task.CompletedTask;

    protected override string Category => StreamName.Receipt;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        if (await ReadAsync() is var receipt && receipt.Reported < receipt.Actions)
        {
            Report();
        }
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _reporting;
        await base.OnDeactivateAsync(reason, cancellationToken);
    }

    public async Task<Outcome<PurchaseView>> HandleAsync(ReceiptCommand command)
    {
        // Before the money is recorded: a crash right after that must not leave it unreported.
        await this.KeepReminderAsync(Unreported);
        var outcome = await ExecuteAsync(command, receipt => receipt.ToView());
        Report();
        return outcome;
    }

    public async Task<PurchaseView?> GetAsync() => await ReadAsync() is { Purchase: not null } receipt ? receipt.ToView() : null;

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        Report();
        return Task.CompletedTask;
    }

    private void Report()
    {
        _wanted = true;
        if (_reporting.IsCompleted)
        {
            _reporting = ReportAsync();
        }
    }

    private async Task ReportAsync()
    {
        metrics.Reporting(1);
        try
        {
            while (_wanted)
            {
                _wanted = false;
                await ReportAllAsync();
                await this.DropReminderAsync(Unreported);
                if (_wanted)
                {
                    await this.KeepReminderAsync(Unreported);
                }
            }

            _timer?.Dispose();
            _timer = null;
        }
        catch (Exception exception)
        {
            LogUnreported(Logger, Key, exception);
            _timer ??= this.CallEvery(Again, Again, static (self, _) =>
            {
                self.Report();
                return Task.CompletedTask;
            });
        }
        finally
        {
            metrics.Reporting(-1);
        }
    }

    private async Task ReportAllAsync()
    {
        while (await ReadAsync() is var receipt && receipt.Reported < receipt.Actions)
        {
            for (var number = receipt.Reported; number < receipt.Actions; number++)
            {
                await sink.WriteAsync(receipt.ActionOf(number, shard.Name));
            }

            var confirmed = await ExecuteAsync(new ConfirmReported($"reported:{receipt.Actions}", receipt.Actions), _ => true, _ => true);
            if (confirmed.Refusal is { } refusal)
            {
                throw new InvalidOperationException($"What was reported could not be stored: {refusal.Code}.");
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Receipt {Receipt}: its revenue could not be told to the stream; trying again.")]
    private static partial void LogUnreported(ILogger logger, string receipt, Exception exception);
}
