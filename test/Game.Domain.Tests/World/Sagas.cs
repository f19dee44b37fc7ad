using Game.Contracts;
using Game.Contracts.Guilds;
using Game.Contracts.Players;
using Game.Contracts.Wars;
using Game.Domain.Wars;

namespace Game.Domain.Tests.World;

/// <summary>What each stored event asks of other aggregates: the sagas between shards without shards, bus or store.</summary>
internal static class Sagas
{
    public static IEnumerable<Letter> LettersOf(string id, string shard, string key, GameEvent fact, IReadOnlyList<string> shards) => fact switch
    {
        GuildFoundingRequested e => [new(Office.Founding, key, new FoundGuild($"{e.GuildId}/{id}", key, e.PlayerName, e.GuildName, e.Tag, e.Policy, e.Fee))],
        GuildJoinRequested e => [new(Office.Guild, e.GuildId, new AdmitMember(id, key, e.PlayerName, e.UsingInvite))],
        GuildDepositSent e => [new(Office.Guild, e.GuildId, new ReceiveDeposit(id, key, e.Amount))],

        GuildFounded e => [new(Office.Player, e.Founder, new ConfirmMembership(id, key))],
        GuildFoundingRefused e => [new(Office.Player, e.Founder, new RefuseMembership(id, key, e.Code, e.Refund))],
        MemberJoined e => [new(Office.Player, e.Player, new ConfirmMembership(id, key))],
        MemberRefused e => [new(Office.Player, e.Player, new RefuseMembership(id, key, e.Code, 0))],
        MemberLeft e => [new(Office.Player, e.Player, new EndMembership(id, key, MembershipEnd.Left))],
        MemberKicked e => [new(Office.Player, e.Player, new EndMembership(id, key, MembershipEnd.Kicked))],
        DepositRefused e => [new(Office.Player, e.Player, new RefundDeposit(id, key, e.Amount, e.Code))],
        TreasuryWithdrawn e => [new(Office.Player, e.Actor, new ReceiveGold(id, e.Amount, key))],
        GuildDisbanded e =>
        [
            .. e.Members.Select(member => new Letter(Office.Player, member, new EndMembership(id, key, MembershipEnd.Disbanded))),
            .. e.TreasuryPaid == 0 ? Nothing : [new(Office.Player, e.Actor, new ReceiveGold($"{id}/treasury", e.TreasuryPaid, key))],
            new(Office.GuildDirectory, shard, new ReleaseGuildName(id, key, e.Name)),
        ],

        WagerHeld { Accepting: false } e =>
            [new(Office.War, e.WarId, new DeclareWar(id, e.Actor, key, e.GuildName, e.Opponent, e.Amount, e.DurationSeconds))],
        WagerHeld e => [new(Office.War, e.WarId, new StartWar(id, e.GuildName, shards))],
        WarDeclined e => [new(Office.War, e.WarId, new CancelWar(id, null, e.Code))],

        WarDeclared e =>
        [
            .. Recorded(id, key, e, shards),
            new(Office.Guild, e.Defender, new OfferWar(id, key, e.Attacker, e.AttackerName, e.Wager)),
        ],
        WarCancelled e =>
        [
            .. Recorded(id, key, e, shards),
            new(Office.Guild, e.Attacker, new ReleaseWager(id, key, e.Reason)),
            new(Office.Guild, e.Defender, new ReleaseWager(id, key, e.Reason)),
        ],
        WarStarted e =>
        [
            .. Recorded(id, key, e, shards),
            .. e.Shards.Select(s => new Letter(Office.Front, $"{s}/{key}", new OpenFront(id, key, e.Attacker, e.Defender, e.EndsAt))),
        ],
        WarEnded e =>
        [
            .. Recorded(id, key, e, shards),
            .. shards.Select(s => new Letter(Office.Front, $"{s}/{key}", new CloseFront(id))),
        ],
        WarSettled e =>
        [
            .. Recorded(id, key, e, shards),
            .. Outcomes(id, key, e.Outcome, shards),
            new(Office.Guild, e.Attacker, new ConcludeWar(id, key, e.Outcome.Winner, e.Prize)),
            new(Office.Guild, e.Defender, new ConcludeWar(id, key, e.Outcome.Winner, e.Prize)),
        ],
        WarCorrected e => [.. Recorded(id, key, e, shards), .. Outcomes(id, key, e.Outcome, shards)],

        StrikeLanded e => [new(Office.War, WarOf(key), new ReportFront(id, shard, e.FrontTotal, Final: false))],
        FrontClosed e => [new(Office.War, WarOf(key), new ReportFront(id, shard, e.FrontTotal, Final: true))],
        _ => Nothing,
    };

    /// <summary>What a front pays its fighters once the outcome is known.</summary>
    public static IEnumerable<Letter> AwardsOf(string frontKey, WarFront front) => front.Fighters.Select(fighter => new Letter(
        Office.Player, fighter.Key, new AwardExperience($"award:{frontKey}", WarFront.ExperienceFor(fighter.Value), frontKey)));

    /// <summary>The shard that an id or a front's key begins with.</summary>
    public static string ShardOf(string key) => key[..key.AsSpan().IndexOfAny('.', '/')];

    public static string WarOf(string frontKey) => frontKey[(frontKey.IndexOf('/', StringComparison.Ordinal) + 1)..];

    private static Letter[] Nothing => [];

    private static IEnumerable<Letter> Recorded(string id, string war, GameEvent fact, IReadOnlyList<string> shards) =>
        shards.Select(shard => new Letter(Office.WarDirectory, shard, new RecordWar(id, war, fact)));

    private static IEnumerable<Letter> Outcomes(string id, string war, WarOutcome outcome, IReadOnlyList<string> shards) =>
        shards.Select(shard => new Letter(Office.Front, $"{shard}/{war}", new RecordOutcome(id, outcome)));
}
