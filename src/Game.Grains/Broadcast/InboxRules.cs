using Game.Contracts;
using Game.Contracts.Chat;
using Game.Contracts.Friends;
using Game.Contracts.Guilds;
using Game.Contracts.Identity;
using Game.Contracts.Leaderboards;
using Game.Contracts.Notifications;
using Game.Contracts.Players;
using Game.Contracts.Presence;
using Game.Contracts.Shards;
using Game.Contracts.Wars;
using Game.Contracts.WorldEvents;
using Game.Grains.EventSourcing;

namespace Game.Grains.Broadcast;

/// <summary>
/// What a shard does on an event that reaches it: which commands go to which of its grains. The command id is the message
/// id, so a redelivery finds its commands already stored. A refusal is an answer (the rules said no, for good), except
/// <see cref="RefusalKind.Unavailable"/>, which means: not now.
/// </summary>
public sealed class InboxRules(IGrainFactory grains, ShardIdentity shard)
{
    /// <returns>Null if every effect is durable or refused for good; otherwise why it must come again.</returns>
    /// <exception cref="NotSupportedException">No rule for this event: a message of a newer version, or not meant for an inbox.</exception>
    public async Task<Refusal?> HandleAsync(string id, string sourceShard, string sourceStream, GameEvent fact)
    {
        var key = StreamName.KeyOf(sourceStream);
        Refusal? postponed = null;
        foreach (var effect in EffectsOf(id, sourceShard, key, fact))
        {
            if (await effect is { Kind: RefusalKind.Unavailable } refusal)
            {
                postponed = refusal;
            }
        }

        return postponed;
    }

    // Every effect of one message is started before the first is awaited, so that two messages for one grain reach it in order.
    private List<Task<Refusal?>> EffectsOf(string id, string sourceShard, string key, GameEvent fact) => fact switch
    {
        GuildFoundingRequested e => [FoundGuildAsync(id, key, e)],
        GuildJoinRequested e => [Guild(e.GuildId, new AdmitMember(id, key, e.PlayerName, e.UsingInvite))],
        GuildDepositSent e => [Guild(e.GuildId, new ReceiveDeposit(id, key, e.Amount))],

        GuildFounded e => [Player(e.Founder, new ConfirmMembership(id, key))],
        GuildFoundingRefused e => [Player(e.Founder, new RefuseMembership(id, key, e.Code, e.Refund))],
        MemberJoined e => [Player(e.Player, new ConfirmMembership(id, key))],
        MemberRefused e => [Player(e.Player, new RefuseMembership(id, key, e.Code, 0))],
        MemberLeft e => [Player(e.Player, new EndMembership(id, key, MembershipEnd.Left))],
        MemberKicked e =>
        [
            Player(e.Player, new EndMembership(id, key, MembershipEnd.Kicked)),
            Mailbox(e.Player, new Notify(id, "guild.kicked", key, 5, null)),
        ],
        MemberInvited e => [Mailbox(e.Player, new Notify(id, "guild.invited", key, 5, null))],
        DepositRefused e => [Player(e.Player, new RefundDeposit(id, key, e.Amount, e.Code))],
        TreasuryWithdrawn e => [Player(e.Actor, new ReceiveGold(id, e.Amount, $"guild:{key}"))],
        GuildDisbanded e => Disband(id, key, e),

        WagerHeld { Accepting: false } e =>
        [
            War(e.WarId, new DeclareWar($"declare:{e.WarId}", e.Actor, key, e.GuildName, e.Opponent, e.Amount, e.DurationSeconds)),
        ],
        WagerHeld e => [StartWarAsync(id, e)],
        WarDeclined e => [War(e.WarId, new CancelWar(id, null, e.Code))],

        WarDeclared e =>
        [
            Record(id, key, e),
            .. AtHome(e.Defender, () => Guild(e.Defender, new OfferWar(id, key, e.Attacker, e.AttackerName, e.Wager))),
            .. AtHome(e.Defender, () => TellLeaderAsync(id, e.Defender, new("war.declared", key, null, 8, e.At + WarLimits.AnswerWithin))),
        ],
        WarCancelled e =>
        [
            Record(id, key, e),
            .. AtHome(e.Attacker, () => Guild(e.Attacker, new ReleaseWager(id, key, e.Reason))),
            .. AtHome(e.Defender, () => Guild(e.Defender, new ReleaseWager(id, key, e.Reason))),
        ],
        WarStarted e =>
        [
            Record(id, key, e),
            .. e.Shards.Contains(shard.Name) ? [Front(key, new OpenFront(id, key, e.Attacker, e.Defender, e.EndsAt))] : Nothing,
        ],
        ScoreboardPublished e => [ShowAsync(e.Scoreboard)],
        WarEnded e => [Record(id, key, e), Front(key, new CloseFront(id))],
        WarSettled e =>
        [
            Record(id, key, e),
            Front(key, new RecordOutcome(id, e.Outcome)),
            .. AtHome(e.Attacker, () => Guild(e.Attacker, new ConcludeWar(id, key, e.Outcome.Winner, e.Prize))),
            .. AtHome(e.Defender, () => Guild(e.Defender, new ConcludeWar(id, key, e.Outcome.Winner, e.Prize))),
            .. AtHome(e.Attacker, () => TellLeaderAsync(id, e.Attacker, new("war.settled", key, null, 6, null))),
            .. AtHome(e.Defender, () => TellLeaderAsync(id, e.Defender, new("war.settled", key, null, 6, null))),
        ],
        WarCorrected e => [Record(id, key, e), Front(key, new RecordOutcome(id, e.Outcome))],

        StrikeLanded e => [War(key, new ReportFront(id, sourceShard, e.FrontTotal, Final: false))],
        FrontClosed e => [War(key, new ReportFront(id, sourceShard, e.FrontTotal, Final: true))],

        WorldEventScheduled or WorldEventCancelled => [RecordEvent(id, key, fact)],
        WorldEventAnnounced e =>
        [
            RecordEvent(id, key, e),
            .. e.Shards.Contains(shard.Name) ? [EventFront(key, new OpenEventFront(id, e.Plan))] : Nothing,
        ],
        BossPoolPublished e => [ShowAsync(e.Pool)],
        BossKilled e => [RecordEvent(id, key, e), EventFront(key, new CloseEventFront(id, WorldEventEnding.Killed))],
        WorldEventEnded e => [RecordEvent(id, key, e), EventFront(key, new CloseEventFront(id, e.Ending))],
        WorldEventSettled e => [RecordEvent(id, key, e), EventFront(key, new RecordEventOutcome(id, e.Plan, e.Outcome, shard.Name))],
        WorldEventCorrected e => [RecordEvent(id, key, e), EventFront(key, new RecordEventOutcome(id, e.Plan, e.Outcome, shard.Name))],

        BossStruck e => [Event(key, new ReportEventFront(id, new FrontCounters(sourceShard, e.FrontTotal, false, 0, [])))],
        EventFrontClosed e => [Event(key, new ReportEventFront(id, new FrontCounters(sourceShard, e.Damage, true, e.Contributors, e.Top)))],
        ShardAnnounced e => sourceShard == shard.Name
            ? Nothing
            : [Meet(id, sourceShard, knowsUs: e.Known.Contains(shard.Name))],
        ShardIntroduced => [Meet(id, sourceShard, knowsUs: true)],

        MessagePosted e when ChatChannels.TryParseWhispers(key, out _, out var other) => AtHome(other, () => WhisperAsync(id, other, e)),
        MessagePosted e => sourceShard == shard.Name
            ? Nothing
            : [Chat(key, new ReceiveMessage(id, e.At, e.Author, e.AuthorName, e.Text))],

        FriendLinkChanged e => [HearOfFriendAsync(id, key, e)],
        NotificationSent { Content: var c } e =>
        [
            .. e.Players.Where(player => EntityId.ShardOf(player) == shard.Name)
                .Select(player => Mailbox(player, new Notify(id, c.Kind, c.Subject, c.Priority, c.ExpiresAt, c.Text))),
        ],
        Announced e => [Desk(new ReceiveAnnouncement(id, e.At, e.Content))],

        PresenceDigested or BoardDigested when sourceShard == shard.Name => Nothing,
        PresenceDigested e => [Hear(grains.GetGrain<IPresenceGrain>(shard.Name).HearAsync(sourceShard, e))],
        BoardDigested e => [Hear(grains.GetGrain<IRankingGrain>(e.Board).HearAsync(e))],

        _ => throw new NotSupportedException($"No rule for {fact.GetType().Name}."),
    };

    private static List<Task<Refusal?>> Nothing => [];

    private List<Task<Refusal?>> AtHome(string entity, Func<Task<Refusal?>> effect) =>
        EntityId.ShardOf(entity) == shard.Name ? [effect()] : Nothing;

    /// <summary>
    /// Founds the guild if its name is free. The guild's own stream decides: a name that was taken when the request first
    /// came may be free when it comes again, and the founder has been refunded by then.
    /// </summary>
    private async Task<Refusal?> FoundGuildAsync(string id, string player, GuildFoundingRequested e)
    {
        var directory = grains.GetGrain<IGuildDirectoryGrain>(shard.Name);
        var name = await directory.ReserveNameAsync(new ReserveGuildName(id, e.GuildId, e.GuildName));
        if (name.Refusal is { } taken)
        {
            return taken.Kind == RefusalKind.Unavailable
                ? taken
                : await Guild(e.GuildId, new RefuseFounding($"{id}/refuse", player, taken.Code, e.Fee));
        }

        var founded = await Guild(e.GuildId, new FoundGuild(id, player, e.PlayerName, e.GuildName, e.Tag, e.Policy, e.Fee));
        if (founded is null or { Kind: RefusalKind.Unavailable })
        {
            return founded;
        }

        // No guild will use the name; if another one has this id, the fee goes back as it came.
        var released = (await directory.ReleaseNameAsync(new ReleaseGuildName($"{id}/release", e.GuildId, e.GuildName))).Refusal;
        return released is null && founded.Code != RefusalCodes.GuildFoundingRefused
            ? await Player(player, new RefuseMembership(id, e.GuildId, founded.Code, e.Fee))
            : released;
    }

    private async Task<Refusal?> StartWarAsync(string id, WagerHeld e)
    {
        var known = await grains.GetGrain<IShardRegistryGrain>(shard.Name).GetAsync();
        return await War(e.WarId, new StartWar(id, e.GuildName, known.Shards));
    }

    private async Task<Refusal?> Meet(string id, string other, bool knowsUs) =>
        (await grains.GetGrain<IShardRegistryGrain>(shard.Name)
            .HandleAsync(new MeetShard(id, other, shard.Configured.Contains(other), knowsUs))).Refusal;

    private List<Task<Refusal?>> Disband(string id, string guild, GuildDisbanded e)
    {
        var effects = new List<Task<Refusal?>>();
        foreach (var member in e.Members.Where(member => EntityId.ShardOf(member) == shard.Name))
        {
            effects.Add(Player(member, new EndMembership(id, guild, MembershipEnd.Disbanded)));
        }

        if (e.TreasuryPaid > 0)
        {
            effects.AddRange(AtHome(e.Actor, () => Player(e.Actor, new ReceiveGold($"{id}/treasury", e.TreasuryPaid, $"guild:{guild}"))));
        }

        effects.AddRange(AtHome(guild, async () => (await grains.GetGrain<IGuildDirectoryGrain>(shard.Name)
            .ReleaseNameAsync(new ReleaseGuildName(id, guild, e.Name))).Refusal));
        return effects;
    }

    /// <summary>
    /// Nobody is told whom the other has blocked: the whisper ends here. One notification an hour says that a player whispered
    /// while the other was away.
    /// </summary>
    private async Task<Refusal?> WhisperAsync(string id, string player, MessagePosted e)
    {
        if (await grains.GetGrain<IPlayerGrain>(player).GetAsync() is null
            || await grains.GetGrain<IFriendListGrain>(player).HasBlockedAsync(e.Author))
        {
            return null;
        }

        var received = await Chat(ChatChannels.WhispersOf(player, e.Author), new ReceiveMessage(id, e.At, e.Author, e.AuthorName, e.Text));
        if (received is not null || (await grains.GetGrain<IPresenceGrain>(shard.Name).GetAsync([player]))[0].Online)
        {
            return received;
        }

        var hour = new DateTimeOffset(e.At.UtcTicks - (e.At.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);
        return await Mailbox(
            player, new Notify($"whisper/{e.Author}/{hour.ToUnixTimeSeconds()}", "chat.whisper", e.Author, 3, hour.AddDays(7)));
    }

    private async Task<Refusal?> HearOfFriendAsync(string id, string from, FriendLinkChanged e)
    {
        var owner = await grains.GetGrain<IPlayerGrain>(e.Player).GetAsync();
        var heard = await grains.GetGrain<IFriendListGrain>(e.Player).HandleAsync(
            new ReceiveFriendLink(id, from, e.OwnName, e.Theirs, e.Ours, owner?.Name));
        var kind = (heard.Value?.Relation, e.Change) switch
        {
            (FriendRelation.Incoming, FriendChange.Requested) => "friend.requested",
            (FriendRelation.Friend, FriendChange.Requested or FriendChange.Accepted) => "friend.accepted",
            _ => null,
        };
        return kind is null ? heard.Refusal : await Mailbox(e.Player, new Notify(id, kind, from, 4, null));
    }

    /// <summary>The leader may be at home elsewhere, so it goes over the desk.</summary>
    private async Task<Refusal?> TellLeaderAsync(string id, string guild, NotificationContent content)
    {
        var view = await grains.GetGrain<IGuildGrain>(guild).GetAsync();
        return view?.Members.FirstOrDefault(member => member.Role == GuildRole.Leader) is { } leader
            ? await Desk(new SendNotification($"{id}/{guild}", [leader.PlayerId], content))
            : null;
    }

    private async Task<Refusal?> Desk(DeskCommand command) =>
        (await grains.GetGrain<INotificationDeskGrain>(shard.Name).HandleAsync(command)).Refusal;

    private static async Task<Refusal?> Hear(Task heard)
    {
        await heard;
        return null;
    }

    private async Task<Refusal?> Player(string id, PlayerCommand command) =>
        (await grains.GetGrain<IPlayerGrain>(id).HandleAsync(command)).Refusal;

    private async Task<Refusal?> Guild(string id, GuildCommand command) =>
        (await grains.GetGrain<IGuildGrain>(id).HandleAsync(command)).Refusal;

    private async Task<Refusal?> War(string id, WarCommand command) =>
        (await grains.GetGrain<IGuildWarGrain>(id).HandleAsync(command)).Refusal;

    private async Task<Refusal?> Front(string id, FrontCommand command) =>
        (await grains.GetGrain<IWarFrontGrain>(id).HandleAsync(command)).Refusal;

    private async Task<Refusal?> Mailbox(string player, MailboxCommand command) =>
        (await grains.GetGrain<IMailboxGrain>(player).HandleAsync(command)).Refusal;

    private async Task<Refusal?> Chat(string channel, ChatCommand command) =>
        (await grains.GetGrain<IChatChannelGrain>(channel).HandleAsync(command)).Refusal;

    private async Task<Refusal?> Record(string id, string war, GameEvent fact) =>
        (await grains.GetGrain<IWarDirectoryGrain>(shard.Name).RecordAsync(new RecordWar(id, war, fact))).Refusal;

    private async Task<Refusal?> Event(string id, WorldEventCommand command) =>
        (await grains.GetGrain<IWorldEventGrain>(id).HandleAsync(command)).Refusal;

    private async Task<Refusal?> EventFront(string id, EventFrontCommand command) =>
        (await grains.GetGrain<IWorldEventFrontGrain>(id).HandleAsync(command)).Refusal;

    private async Task<Refusal?> RecordEvent(string id, string worldEvent, GameEvent fact) =>
        (await grains.GetGrain<IWorldEventDirectoryGrain>(shard.Name).RecordAsync(new RecordWorldEvent(id, worldEvent, fact))).Refusal;

    private async Task<Refusal?> ShowAsync(BossPool pool)
    {
        await grains.GetGrain<IWorldEventFrontGrain>(pool.EventId).ShowPoolAsync(pool);
        return null;
    }

    private async Task<Refusal?> ShowAsync(Scoreboard scoreboard)
    {
        await grains.GetGrain<IWarFrontGrain>(scoreboard.WarId).ShowScoreboardAsync(scoreboard);
        return null;
    }
}
