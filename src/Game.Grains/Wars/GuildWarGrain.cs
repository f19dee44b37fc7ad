using Game.Contracts;
using Game.Contracts.Guilds;
using Game.Contracts.Wars;
using Game.Domain.Wars;
using Game.Grains.EventSourcing;

namespace Game.Grains.Wars;

/// <summary>
/// Deadlines (answer, end, settlement) are kept twice: a timer for the exact instant while the grain is active, and a
/// reminder that brings the grain back if its silo died. Both only propose the command that is due; the rules decide.
/// </summary>
[Reentrant]
public sealed class GuildWarGrain(EventSourcingServices services)
    : EventSourcedGrain<GuildWar, WarCommand>(services), IGuildWarGrain, IRemindable
{
    private const string Deadlines = "deadlines";

    // Scoreboards are cumulative: more often than this only loads the bus.
    private static readonly TimeSpan ScoreboardInterval = TimeSpan.FromMilliseconds(20);

    private IGrainTimer? _deadline;
    private IGrainTimer? _scoreboard;

    protected override string Category => StreamName.War;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        Schedule(await ReadAsync());
    }

    public async Task<Outcome<WarView>> HandleAsync(WarCommand command)
    {
        switch (command)
        {
            case DeclareWar:
                // Before the event: a war that exists always has somebody who comes back for its deadlines.
                await this.KeepReminderAsync(Deadlines);
                break;
            case CancelWar { Actor: { } actor } when await RefuseActorAsync(actor) is { } refusal && !await IsStoredAsync(command):
                return Outcome.Refuse<WarView>(refusal);
        }

        var outcome = await ExecuteAsync(command, war => war.ToView());
        if (outcome.Accepted)
        {
            Schedule(await ReadAsync());
        }

        return outcome;
    }

    public async Task<WarView?> GetAsync() => await ReadAsync() is { Exists: true } war ? war.ToView() : null;

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        await ProposeDueAsync();
        if (!(await ReadAsync()).IsOpen)
        {
            await this.DropReminderAsync(Deadlines);
        }
    }

    private async Task<Refusal?> RefuseActorAsync(string actor)
    {
        var war = await ReadAsync();
        if (!war.Exists)
        {
            return Refusal.NotFound(RefusalCodes.WarNotFound, "There is no such war.");
        }

        var guild = await GrainFactory.GetGrain<IGuildGrain>(war.Attacker).GetAsync();
        var role = guild?.Members.FirstOrDefault(member => member.PlayerId == actor)?.Role;
        return role is GuildRole.Leader or GuildRole.Officer
            ? null
            : Refusal.Forbidden(RefusalCodes.NotOfficer, "Only the leader and officers of the attacking guild may cancel.");
    }

    private void Schedule(GuildWar war)
    {
        _deadline?.Dispose();
        _deadline = war.Deadline is { } deadline ? this.CallAfter(deadline - Now, static (self, _) => self.ProposeDueAsync()) : null;
        if (war.ScoreboardDue && _scoreboard is null)
        {
            _scoreboard = this.CallAfter(ScoreboardInterval, static (self, _) => self.PublishScoreboardAsync());
        }
    }

    private async Task PublishScoreboardAsync()
    {
        _scoreboard?.Dispose();
        _scoreboard = null;
        var war = await ReadAsync();
        await HandleAsync(new PublishScoreboard($"scoreboard:{war.Revision}"));
    }

    private async Task ProposeDueAsync()
    {
        var war = await ReadAsync();
        if (war.Deadline is not { } deadline || Now < deadline)
        {
            Schedule(war);
            return;
        }

        WarCommand due = war.Status switch
        {
            WarStatus.Declared => new CancelWar("expire", null, RefusalCodes.WarExpired),
            WarStatus.Started => new EndWar("end"),
            _ => new SettleWar("settle"),
        };
        await HandleAsync(due);
    }
}
