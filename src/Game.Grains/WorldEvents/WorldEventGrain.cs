using Game.Contracts;
using Game.Contracts.Shards;
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
            await this.KeepReminderAsync(Deadlines);
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
        if (!(await ReadAsync()).IsOpen)
        {
            await this.DropReminderAsync(Deadlines);
        }
    }

    private void Schedule(WorldEvent worldEvent)
    {
        _deadline?.Dispose();
        _deadline = worldEvent.Deadline is { } deadline ? CallAt(deadline) : null;
        if (worldEvent.PoolDue && _pool is null)
        {
            _pool = this.CallAfter(PoolInterval, static (self, _) => self.PublishPoolAsync());
        }
    }

    /// <summary>An event weeks ahead need not stay in memory for it.</summary>
    private IGrainTimer CallAt(DateTimeOffset deadline)
    {
        var wait = deadline - Now;
        return this.CallAfter(wait > MaxWait ? MaxWait : wait, static (self, _) => self.ProposeDueAsync(), keepAlive: wait <= MaxWait);
    }

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
            WorldEventStatus.Scheduled => new AnnounceWorldEvent(
                "announce", (await GrainFactory.GetGrain<IShardRegistryGrain>(shard.Name).GetAsync()).Shards),
            WorldEventStatus.Announced => new StartWorldEvent("start"),
            WorldEventStatus.Started => new EndWorldEvent("end"),
            _ => new SettleWorldEvent("settle"),
        };
        await HandleAsync(due);
    }
}
