using Game.Contracts;
using Game.Contracts.Feeds;
using Game.Contracts.Players;
using Game.Contracts.WorldEvents;
using Game.Domain.WorldEvents;
using Game.Grains.EventSourcing;
using Game.Grains.Feeds;

namespace Game.Grains.WorldEvents;

/// <summary>
/// A shard's part of a world event. A timer starts and ends it at the instant by the shard's clock, and a reminder brings the
/// grain back for that, and for the rewards until all of them are stored: every one carries a command id made of the event's.
/// </summary>
[Reentrant]
public sealed class WorldEventFrontGrain(EventSourcingServices services, ShardIdentity shard)
    : EventSourcedGrain<WorldEventFront, EventFrontCommand>(services), IWorldEventFrontGrain, IRemindable
{
    private const string Upkeep = "upkeep";

    private IGrainTimer? _timer;
    private BossPool? _pool;
    private bool _rewarding;

    protected override string Category => StreamName.EventFront;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        Schedule(await ReadAsync());
    }

    public async Task<Outcome<WorldEventFrontView>> HandleAsync(EventFrontCommand command)
    {
        if (command is OpenEventFront or RecordEventOutcome)
        {
            // Before the event: somebody comes back for the start, the end and the rewards, whatever happens.
            await this.KeepReminderAsync(Upkeep);
        }

        var outcome = await ExecuteAsync(command, View);
        if (outcome.Accepted)
        {
            Schedule(await ReadAsync());
        }

        return outcome;
    }

    public Task<Outcome<BossStrikeResult>> StrikeAsync(StrikeBoss command) => ExecuteAsync(
        command,
        front => new BossStrikeResult(Key, command.Power, front.DamageOf(command.Player)),
        facts => facts.OfType<BossStruck>().Select(struck => new BossStrikeResult(Key, struck.Damage, struck.PlayerTotal)).First());

    public Task ShowPoolAsync(BossPool pool)
    {
        if (_pool is null || pool.Revision > _pool.Revision)
        {
            _pool = pool;
            Push("boss.pool", pool);
        }

        return Task.CompletedTask;
    }

    public async Task<WorldEventFrontView?> GetAsync() => await ReadAsync() is { Exists: true } front ? View(front) : null;

    public async Task<long> GetDamageAsync(string player) => (await ReadAsync()).DamageOf(player);

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        await ActAsync();
        var front = await ReadAsync();
        if (front is { Deadline: null, RewardsDue: false, Outcome.MissingShards: var missing } && !missing.Contains(shard.Name))
        {
            await this.DropReminderAsync(Upkeep);
        }
    }

    protected override void OnCommitted(IReadOnlyList<GameEvent> facts)
    {
        foreach (var fact in facts)
        {
            switch (fact)
            {
                case EventFrontStarted:
                    _ = PushStartAsync();
                    break;
                case EventFrontClosed closed:
                    Push("world-event.ended", new { eventId = Key, closed.Ending });
                    if (closed.Ending == WorldEventEnding.Killed)
                    {
                        Push("boss.killed", new { eventId = Key, at = closed.At });
                    }

                    break;
                case EventOutcomeRecorded recorded:
                    Push("world-event.settled", recorded.Outcome);
                    break;
            }
        }
    }

    private void Push<T>(string type, T data) => Feed.Push(GrainFactory, FeedTopics.Events, type, data);

    private async Task PushStartAsync()
    {
        if (View(await ReadAsync()) is { Plan: { } plan } view)
        {
            Push(
                "world-event.started",
                new { eventId = Key, plan.Kind, plan.Name, plan.StartsAt, plan.EndsAt, view.SecondsLeft, plan.Multiplier, plan.HitPoints });
        }
    }

    private WorldEventFrontView View(WorldEventFront front) => front.ToView() with
    {
        Pool = _pool,
        SecondsLeft = front is { Plan: { } plan, ClosedAt: null } && Now >= plan.StartsAt && Now < plan.EndsAt
            ? (long)Math.Ceiling((plan.EndsAt - Now).TotalSeconds)
            : 0,
    };

    private void Schedule(WorldEventFront front)
    {
        _timer?.Dispose();
        var wait = front.RewardsDue ? TimeSpan.Zero : front.Deadline - Now;
        _timer = wait is { } time && !_rewarding ? this.CallAfter(time, static (self, _) => self.ActAsync()) : null;
    }

    /// <summary>Does what is due by now.</summary>
    private async Task ActAsync()
    {
        var front = await ReadAsync();
        if (front.RewardsDue)
        {
            await PayRewardsAsync(front);
        }
        else if (front.Deadline is { } deadline && Now >= deadline)
        {
            await HandleAsync(front.StartedAt is null ? new StartEventFront("start") : new EndEventFront("end"));
        }
        else
        {
            Schedule(front);
        }
    }

    private async Task PayRewardsAsync(WorldEventFront front)
    {
        if (_rewarding)
        {
            return;
        }

        _rewarding = true;
        try
        {
            var directory = GrainFactory.GetGrain<IWorldEventDirectoryGrain>(shard.Name);
            var multiplier = await directory.GetMultiplierAsync(front.PayingSince!.Value);
            if (await Payout.AllAsync(front.Contributors, entry => PayAsync(entry.Key, front.ShareOf(entry.Value) * multiplier)))
            {
                // If not, the reminder tries again; what has been credited stays credited.
                await HandleAsync(new ConfirmEventRewards("rewards"));
            }
        }
        finally
        {
            _rewarding = false;
        }
    }

    private async Task<bool> PayAsync(string player, long experience) =>
        experience == 0
        || (await GrainFactory.GetGrain<IPlayerGrain>(player).HandleAsync(new AwardExperience($"event:{Key}", experience, $"event:{Key}")))
            .Refusal is not { Kind: RefusalKind.Unavailable };
}
