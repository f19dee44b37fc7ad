using Game.Contracts;
using Game.Contracts.WorldEvents;
using Game.Domain.WorldEvents;
using Game.Grains.EventSourcing;

namespace Game.Grains.WorldEvents;

/// <summary>
/// Deadlines (announcement, start, end, settlement) are kept twice: a timer for the exact instant while the grain is active,
/// and a reminder that brings the grain back if its silo died. Both only propose the command that is due; the rules decide.
/// </summary>
[Reentrant]
public sealed class WorldEventGrain(EventSourcingServices services, ShardIdentity shard)
    : EventSourcedGrain<WorldEvent, WorldEventCommand>(services), IWorldEventGrain, IRemindable
{
    private const string Deadlines = "deadlines";
    private static readonly TimeSpan ReminderInterval = TimeSpan.FromMinutes(1);

    // A timer does not reach further than this; the reminder sets it again.
    private static readonly TimeSpan MaxWait = TimeSpan.FromHours(1);

    // Pools are cumulative and only shown: more often than this only loads the bus.
    private static readonly TimeSpan PoolInterval = TimeSpan.FromMilliseconds(100);

    private IGrainTimer? _deadline;
    private IGrainTimer? _pool;

    protected override string Category => StreamName.WorldEvent;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        Schedule(await ReadAsync());
    }

    public async Task<Outcome<WorldEventView>> HandleAsync(WorldEventCommand command)
    {
        if (command is ScheduleWorldEvent)
        {
            // Before the event: one that is scheduled always has somebody who comes back for its deadlines.
            await this.RegisterOrUpdateReminder(Deadlines, ReminderInterval, ReminderInterval);
        }

        var outcome = await ExecuteAsync(command, worldEvent => worldEvent.ToView());
        if (outcome.Accepted)
        {
            Schedule(await ReadAsync());
        }

        return outcome;
    }

    public async Task<WorldEventView?> GetAsync() => await ReadAsync() is { Exists: true } worldEvent ? worldEvent.ToView() : null;

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        await ProposeDueAsync();
        if (!(await ReadAsync()).IsOpen && await this.GetReminder(Deadlines) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }
    }

    private void Schedule(WorldEvent worldEvent)
    {
        _deadline?.Dispose();
        _deadline = worldEvent.Deadline is { } deadline ? After(deadline - Now, static (self, _) => self.ProposeDueAsync()) : null;
        if (worldEvent.PoolDue && _pool is null)
        {
            _pool = After(PoolInterval, static (self, _) => self.PublishPoolAsync());
        }
    }

    private IGrainTimer After(TimeSpan wait, Func<WorldEventGrain, CancellationToken, Task> act) => this.RegisterGrainTimer(
        act,
        this,
        new GrainTimerCreationOptions
        {
            DueTime = wait < TimeSpan.Zero ? TimeSpan.Zero : wait > MaxWait ? MaxWait : wait,
            Period = Timeout.InfiniteTimeSpan,

            // An event weeks ahead need not stay in memory for it.
            KeepAlive = wait <= MaxWait,
            Interleave = true,
        });

    private async Task PublishPoolAsync()
    {
        _pool?.Dispose();
        _pool = null;
        var worldEvent = await ReadAsync();
        await HandleAsync(new PublishBossPool($"pool:{worldEvent.Revision}"));
    }

    private async Task ProposeDueAsync()
    {
        var worldEvent = await ReadAsync();
        if (worldEvent.Deadline is not { } deadline || Now < deadline)
        {
            Schedule(worldEvent);
            return;
        }

        WorldEventCommand due = worldEvent.Status switch
        {
            WorldEventStatus.Scheduled => new AnnounceWorldEvent("announce", shard.All),
            WorldEventStatus.Announced => new StartWorldEvent("start"),
            WorldEventStatus.Started => new EndWorldEvent("end"),
            _ => new SettleWorldEvent("settle"),
        };
        await HandleAsync(due);
    }
}
