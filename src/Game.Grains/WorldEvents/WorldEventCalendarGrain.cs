using Game.Contracts;
using Game.Contracts.WorldEvents;
using Game.Grains.EventSourcing;
using Microsoft.Extensions.Logging;

namespace Game.Grains.WorldEvents;

/// <summary>
/// Keeps one occurrence of every recurring event scheduled ahead. It has no state: an occurrence's id is made of its schedule
/// and start, and the event itself takes it once. What was missed while the shard was down was scheduled before it went down,
/// or starts no more.
/// </summary>
public sealed partial class WorldEventCalendarGrain(EventSourcingServices services, WorldEventSchedules schedules)
    : ShardGrain, IWorldEventCalendarGrain, IRemindable
{
    private const string Look = "plan";
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(10);

    private readonly HashSet<string> _planned = new(StringComparer.Ordinal);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        this.CallEvery(LookInterval, LookInterval, static (self, _) => self.PlanAsync());
    }

    public async Task PlanAsync()
    {
        await this.KeepReminderAsync(Look);
        await PlanNextAsync();
    }

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (schedules.All.Count > 0)
        {
            await PlanNextAsync();
        }
        else
        {
            // The settings declare none any more.
            await this.DropReminderAsync(Look);
        }
    }

    private async Task PlanNextAsync()
    {
        var (now, shard) = (services.Clock.GetUtcNow(), Key);
        var next = schedules.All
            .Select(schedule => (Schedule: schedule, StartsAt: schedule.Next(now)))
            .Where(entry => entry.StartsAt is { } startsAt && startsAt <= now + WorldEventLimits.MaxAhead)
            .Select(entry => (entry.Schedule, StartsAt: entry.StartsAt!.Value))
            .Select(entry => (entry.Schedule, entry.StartsAt, Id: entry.Schedule.OccurrenceId(shard, entry.StartsAt)))
            .ToList();
        _planned.IntersectWith(next.Select(entry => entry.Id));
        foreach (var (schedule, startsAt, id) in next.Where(entry => !_planned.Contains(entry.Id)))
        {
            var planned = await GrainFactory.GetGrain<IWorldEventGrain>(id).HandleAsync(
                new ScheduleWorldEvent("schedule", $"schedule:{schedule.Id}", schedule.PlanAt(startsAt)));

            // An occurrence that was scheduled with other settings stays as it is.
            if (planned.Accepted || planned.Refusal.Code is RefusalCodes.CommandIdReused or RefusalCodes.EventExists)
            {
                _planned.Add(id);
            }
            else
            {
                LogNotPlanned(services.Logger, schedule.Id, startsAt, planned.Refusal.Code);
            }
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The occurrence of {Schedule} at {StartsAt} is not scheduled ({Code}); tried again soon.")]
    private static partial void LogNotPlanned(ILogger logger, string schedule, DateTimeOffset startsAt, string code);
}
