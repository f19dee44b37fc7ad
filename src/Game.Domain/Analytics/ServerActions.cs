using System.Collections.Frozen;
using System.Globalization;
using Game.Contracts;
using Game.Contracts.Accounts;
using Game.Contracts.Analytics;
using Game.Contracts.Chat;
using Game.Contracts.Players;
using Game.Contracts.Wars;

namespace Game.Domain.Analytics;

/// <summary>An event of a shard's log.</summary>
/// <param name="Shard">Whose log.</param>
/// <param name="Position">Its place there.</param>
/// <param name="Key">The key of the aggregate it happened to.</param>
/// <param name="Fact">What happened.</param>
/// <param name="First">The aggregate's first event, where <see cref="ServerActions.NeedsFirst"/> asks for it.</param>
public sealed record ShardFact(string Shard, long Position, string Key, GameEvent Fact, GameEvent? First = null);

/// <summary>
/// Which actions a shard's log tells. Each is told by one event alone, of the shard the player acted on; money is told by the
/// receipts themselves. Pure, and the same at every repetition.
/// </summary>
public static class ServerActions
{
    /// <summary>Actions of one event at most.</summary>
    public const int MaxOfOne = 2;

    private static readonly FrozenSet<Type> Telling = new[]
    {
        typeof(PlayerRegistered), typeof(GuildMembershipConfirmed), typeof(GuildDepositSent), typeof(SessionOpened), typeof(SessionClosed),
        typeof(StrikeLanded), typeof(WarSettled), typeof(MessagePosted),
    }.ToFrozenSet();

    /// <summary>Whether events of this type may tell an action.</summary>
    public static bool Tells(Type type) => Telling.Contains(type);

    /// <summary>Whether the first event of its stream says whose action it is.</summary>
    public static bool NeedsFirst(Type type) => type == typeof(SessionOpened) || type == typeof(SessionClosed) || type == typeof(WarSettled);

    /// <summary>The place just behind all actions of a position.</summary>
    public static long PlaceAfter(long position) => (position * MaxOfOne) + MaxOfOne - 1;

    /// <summary>The actions that an event tells; their links have the floor 0.</summary>
    public static IReadOnlyList<PlayerAction> Of(ShardFact told) => told switch
    {
        { Fact: PlayerRegistered e } => [Action(told, told.Key, ActionKind.Registered, e.At)],
        { Fact: GuildMembershipConfirmed e } => [Action(told, told.Key, ActionKind.GuildJoined, e.At) with { Target = e.GuildId }],
        { Fact: GuildDepositSent e } =>
            [Action(told, told.Key, ActionKind.GuildDeposited, e.At) with { Target = e.GuildId, Amount = e.Amount }],
        { Fact: SessionOpened e, First: AccountRegistered account } =>
            [Action(told, account.PlayerId, ActionKind.LoggedIn, e.At) with { Session = e.SessionId }],
        { Fact: SessionClosed { Reason: SessionEnd.Logout } e, First: AccountRegistered account } =>
            [Action(told, account.PlayerId, ActionKind.LoggedOut, e.At) with { Session = e.SessionId }],
        { Fact: StrikeLanded e } => [Action(told, e.Player, ActionKind.Struck, e.At) with { Target = told.Key, Amount = e.Points }],
        { Fact: WarSettled e, First: WarDeclared declared } =>
        [
            WarEnded(told, declared.Actor, "attacker", e.Attacker, e.Outcome, e.Outcome.Total.Attacker, 0),
            WarEnded(told, declared.Actor, "defender", e.Defender, e.Outcome, e.Outcome.Total.Defender, 1),
        ],
        { Fact: MessagePosted { Local: true } e } => [Action(told, e.Author, ActionKind.Chatted, e.At)],
        _ => [],
    };

    private static PlayerAction WarEnded(
        ShardFact told, string actor, string side, string guild, WarOutcome outcome, long points, int number) =>
        Action(told, actor, ActionKind.WarEnded, told.Fact.At, number) with
        {
            Target = side,
            Amount = points,
            Outcome = outcome.Winner is null ? ActionOutcome.Drawn : outcome.Winner == guild ? ActionOutcome.Won : ActionOutcome.Lost,
        };

    private static PlayerAction Action(ShardFact told, string player, ActionKind kind, DateTimeOffset at, int number = 0) => new(
        string.Create(CultureInfo.InvariantCulture, $"{told.Shard}/{told.Position}{(number == 0 ? "" : $"/{number}")}"),
        player,
        told.Shard,
        kind,
        at,
        Log: new LogLink((told.Position * MaxOfOne) + number, 0));
}
