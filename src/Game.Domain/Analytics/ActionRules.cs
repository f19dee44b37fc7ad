using System.Collections.Frozen;
using Game.Contracts;
using Game.Contracts.Analytics;
using Game.Contracts.Identity;

namespace Game.Domain.Analytics;

/// <summary>What an action must look like. Pure.</summary>
public static class ActionRules
{
    private const string NameLimit = "1 to 64 characters of A-Z a-z 0-9 . _ : -";

    /// <summary>The kinds a client may report of its own player; of all others only servers know.</summary>
    public static IReadOnlySet<ActionKind> Reportable { get; } = new[]
    {
        ActionKind.Moved, ActionKind.Teleported, ActionKind.SkillUsed, ActionKind.ItemUsed, ActionKind.Killed, ActionKind.Looted,
        ActionKind.DuelEnded, ActionKind.QuestCompleted, ActionKind.StoreViewed,
    }.ToFrozenSet();

    /// <summary>What is wrong with an action, whoever tells it; null: nothing.</summary>
    public static Refusal? CheckForm(PlayerAction action) =>
        action.Id.Length is 0 or > ActionLimits.MaxIdLength ? Refusal.Invalid("id", $"1 to {ActionLimits.MaxIdLength} characters")
        : !EntityId.TryParse(action.Player, out _) ? Refusal.Invalid("player", "{shard}.{ulid}")
        : !ShardId.IsValid(action.Shard) ? Refusal.Invalid("shard", "1 to 32 characters of a-z 0-9 -")
        : !Enum.IsDefined(action.Kind) ? Refusal.Invalid("kind", "a known kind of action")
        : action.At < DateTimeOffset.UnixEpoch ? Refusal.Invalid("at", "after 1970")
        : action.Version is < 1 or > PlayerAction.CurrentVersion ? Refusal.Invalid("version", $"1 to {PlayerAction.CurrentVersion}")
        : CheckName("session", action.Session) ?? CheckName("skill", action.Skill) ?? CheckName("item", action.Item)
            ?? CheckName("target", action.Target) ?? CheckName("product", action.Product)
            ?? CheckNumbers(action) ?? CheckNeeds(action);

    /// <summary>What is wrong with an action that the player's client reports at this time; null: nothing.</summary>
    public static Refusal? CheckReport(PlayerAction action, DateTimeOffset now) =>
        !Reportable.Contains(action.Kind)
            ? Refusal.Invalid("kind", $"one of {string.Join(", ", Reportable.Select(Name).Order(StringComparer.Ordinal))}")
        : CheckTime(action, now) ?? CheckForm(action);

    /// <summary>What is wrong with an action's time at this time; null: nothing.</summary>
    public static Refusal? CheckTime(PlayerAction action, DateTimeOffset now) =>
        action.At < now - ActionLimits.MaxAge || action.At > now + ActionLimits.MaxAhead
            ? Refusal.Invalid(
                "at", $"at most {ActionLimits.MaxAge.TotalHours:0} h ago and {ActionLimits.MaxAhead.TotalMinutes:0} min ahead")
            : null;

    /// <summary>What is wrong with the time of an action that was put on the stream at this time; null: nothing.</summary>
    public static Refusal? CheckRecordedTime(PlayerAction action, DateTimeOffset recordedAt) =>
        action.At - recordedAt > ActionLimits.MaxRecordAhead || recordedAt - action.At > ActionLimits.MaxRecordAge
            ? Refusal.Invalid(
                "at",
                $"at most {ActionLimits.MaxRecordAge.TotalDays:0} days before and {ActionLimits.MaxRecordAhead.TotalMinutes:0} min after its record")
            : null;

    /// <summary>The source in an action's id, and the action's number within it: 0 if the id says none.</summary>
    public static ReadOnlySpan<char> SourceOf(ReadOnlySpan<char> id, out long number)
    {
        var slash = id.LastIndexOf('/');
        if (slash > 0 && long.TryParse(id[(slash + 1)..], out number) && number >= 0)
        {
            return id[..slash];
        }

        number = 0;
        return id;
    }

    /// <summary>A kind as JSON has it.</summary>
    public static string Name(ActionKind kind) => Names[(int)kind];

    private static string[] Names { get; } =
        [.. Enum.GetValues<ActionKind>().Select(kind => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(kind.ToString()))];

    private static Refusal? CheckName(string field, string? value)
    {
        if (value is null)
        {
            return null;
        }

        var good = value.Length is > 0 and <= ActionLimits.MaxNameLength;
        foreach (var c in value)
        {
            good &= char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or ':' or '-';
        }

        return good ? null : Refusal.Invalid(field, NameLimit);
    }

    private static Refusal? CheckNumbers(PlayerAction action) =>
        action.Amount is < 0 or > ActionLimits.MaxAmount ? Refusal.Invalid("amount", $"0 to {ActionLimits.MaxAmount}")
        : (action.X is null) != (action.Y is null) ? Refusal.Invalid(action.X is null ? "x" : "y", "given with the other coordinate")
        : IsFar(action.X) ? Refusal.Invalid("x", $"-{ActionLimits.MaxCoordinate} to {ActionLimits.MaxCoordinate}")
        : IsFar(action.Y) ? Refusal.Invalid("y", $"-{ActionLimits.MaxCoordinate} to {ActionLimits.MaxCoordinate}")
        : action.Outcome is { } outcome && !Enum.IsDefined(outcome) ? Refusal.Invalid("outcome", "won, lost or drawn")
        : action.Currency is { } currency && !Currencies.IsKnown(currency) ? Refusal.Invalid("currency", "a currency of ISO 4217")
        : null;

    private static bool IsFar(int? coordinate) => coordinate is < -ActionLimits.MaxCoordinate or > ActionLimits.MaxCoordinate;

    private static Refusal? CheckNeeds(PlayerAction action) => action.Kind switch
    {
        ActionKind.SkillUsed when action.Skill is null => Refusal.Invalid("skill", "given"),
        ActionKind.ItemUsed when action.Item is null => Refusal.Invalid("item", "given"),
        ActionKind.Killed or ActionKind.QuestCompleted when action.Target is null => Refusal.Invalid("target", "given"),
        ActionKind.Looted when action.Amount is null => Refusal.Invalid("amount", "given"),
        ActionKind.DuelEnded or ActionKind.WarEnded when action.Outcome is null => Refusal.Invalid("outcome", "given"),
        ActionKind.Purchased or ActionKind.SubscriptionStarted or ActionKind.SubscriptionRenewed or ActionKind.Refunded =>
            CheckMoney(action),
        ActionKind.SubscriptionEnded when action.Product is null => Refusal.Invalid("product", "given"),
        _ => null,
    };

    private static Refusal? CheckMoney(PlayerAction action) =>
        action.Product is null ? Refusal.Invalid("product", "given")
        : action.Amount is null ? Refusal.Invalid("amount", "given")
        : action.Currency is null ? Refusal.Invalid("currency", "given")
        : null;
}
