using Game.Contracts;
using Game.Contracts.Feeds;
using Game.Contracts.Leaderboards;
using Game.Contracts.Players;
using Game.Contracts.Wars;
using Game.Contracts.WorldEvents;
using Game.Domain.Wars;
using Game.Grains.EventSourcing;
using Game.Grains.Feeds;
using Game.Grains.Leaderboards;

namespace Game.Grains.Wars;

/// <summary>
/// A shard's part of a war. When the outcome is known it credits its fighters once: every credit carries a command id made
/// of the war's, and a reminder brings the grain back until all of them are stored.
/// </summary>
[Reentrant]
public sealed class WarFrontGrain(EventSourcingServices services, ShardIdentity shard)
    : EventSourcedGrain<WarFront, FrontCommand>(services), IWarFrontGrain, IRemindable
{
    private const string Awards = "awards";

    private Scoreboard? _scoreboard;
    private bool _awarding;

    protected override string Category => StreamName.Front;

    public async Task<Outcome<FrontView>> HandleAsync(FrontCommand command)
    {
        if (command is RecordOutcome)
        {
            // Before the event: once the outcome is stored, somebody comes back until the awards are paid.
            await this.KeepReminderAsync(Awards);
        }

        var outcome = await ExecuteAsync(command, View);
        if (command is RecordOutcome && outcome.Accepted)
        {
            this.CallAfter(TimeSpan.Zero, static (self, _) => self.PayAwardsAsync());
        }

        return outcome;
    }

    public Task<Outcome<StrikeResult>> StrikeAsync(LandStrike command) => ExecuteAsync(
        command,
        front => new StrikeResult(Key, command.Power, front.PointsOf(command.Player)),
        facts => ResultOf(facts.OfType<StrikeLanded>().First()));

    public async Task<Outcome<StrikeResult>?> FindStrikeAsync(string commandId, string player, int power)
    {
        if (await Store.FindCommandAsync(Stream, commandId) is not { } record)
        {
            return null;
        }

        await foreach (var stored in Store.ReadAsync(Stream, record.FirstVersion, record.LastVersion))
        {
            if (Codec.Decode(stored) is StrikeLanded landed && landed.Player == player && landed.Points == power)
            {
                return Outcome.Accept(ResultOf(landed), record.LastVersion);
            }
        }

        return null;
    }

    public async Task<FrontView?> GetAsync() => await ReadAsync() is { Exists: true } front ? View(front) : null;

    public Task ShowScoreboardAsync(Scoreboard scoreboard)
    {
        if (_scoreboard is null || scoreboard.Revision > _scoreboard.Revision)
        {
            _scoreboard = scoreboard;
            Feed.Push(GrainFactory, FeedTopics.War(Key), "war.scoreboard", scoreboard);
        }

        return Task.CompletedTask;
    }

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        await PayAwardsAsync();
        if (!(await ReadAsync()).AwardsDue)
        {
            await this.DropReminderAsync(Awards);
        }
    }

    protected override void OnCommitted(IReadOnlyList<GameEvent> facts)
    {
        foreach (var fact in facts)
        {
            switch (fact)
            {
                case FrontOpened opened:
                    Feed.Push(GrainFactory, FeedTopics.War(Key), "war.started", new { warId = Key, opened.Attacker, opened.Defender, opened.EndsAt });
                    break;
                case OutcomeRecorded recorded:
                    Feed.Push(GrainFactory, FeedTopics.War(Key), "war.settled", recorded.Outcome);
                    break;
            }
        }
    }

    private StrikeResult ResultOf(StrikeLanded landed) => new(Key, landed.Points, landed.PlayerTotal);

    private FrontView View(WarFront front) => front.ToView() with { Scoreboard = _scoreboard };

    private async Task PayAwardsAsync()
    {
        var front = await ReadAsync();
        if (!front.AwardsDue || _awarding)
        {
            return;
        }

        _awarding = true;
        try
        {
            var events = GrainFactory.GetGrain<IWorldEventDirectoryGrain>(shard.Name);
            var multiplier = await events.GetMultiplierAsync(front.DecidedAt!.Value);
            if (await Payout.AllAsync(front.Fighters, fighter => PayAsync(fighter.Key, fighter.Value, multiplier)))
            {
                // If not, the reminder tries again; what has been credited stays credited.
                await HandleAsync(new ConfirmAwards("awards"));
            }
        }
        finally
        {
            _awarding = false;
        }
    }

    private async Task<bool> PayAsync(string player, long points, int multiplier)
    {
        var experience = await GrainFactory.GetGrain<IPlayerGrain>(player)
            .HandleAsync(new AwardExperience($"award:{Key}", WarFront.ExperienceFor(points) * multiplier, $"war:{Key}"));
        var ranked = await GrainFactory.GetGrain<ILeaderboardGrain>(LeaderboardCatalog.WarPoints)
            .SubmitAsync(new SubmitScore($"award:{Key}:{player}", player, points, ScoreOperator.Increment, FromServer: true));
        return experience.Refusal is not { Kind: RefusalKind.Unavailable } && ranked.Refusal is not { Kind: RefusalKind.Unavailable };
    }
}
