using Game.Contracts;
using Game.Contracts.Analytics;
using Game.Contracts.Purchases;
using Game.Domain.Analytics;

namespace Game.Domain.Purchases;

/// <summary>
/// One receipt: whose purchase it is, what of it was given back, and which of its revenue actions the stream has taken. The
/// purchase is action 0, refunds are 1 and up.
/// </summary>
public sealed record Receipt : IAggregate<Receipt, ReceiptCommand>
{
    public const int MaxProductLength = ActionLimits.MaxNameLength;
    public const int MaxReasonLength = 200;
    public const int MaxRefunds = 100;

    public string Id { get; init; } = "";

    public PurchaseRecorded? Purchase { get; init; }

    public IReadOnlyList<PurchaseRefunded> Refunds { get; init; } = [];

    /// <summary>How many actions the stream has taken.</summary>
    public int Reported { get; init; }

    [System.Text.Json.Serialization.JsonIgnore]
    public long Refunded => Refunds.Sum(refund => refund.Amount);

    /// <summary>How many actions there are.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public int Actions => Purchase is null ? 0 : 1 + Refunds.Count;

    public static Receipt Initial(string id) => new() { Id = id };

    public PurchaseView ToView()
    {
        var e = Purchase ?? throw new InvalidOperationException("Nothing was purchased.");
        return new PurchaseView(Id, e.Player, e.Kind, e.Product, e.Amount, e.Currency, e.PurchasedAt, Refunded);
    }

    /// <summary>A revenue action, from 0.</summary>
    public PlayerAction ActionOf(int number, string shard)
    {
        var e = Purchase ?? throw new InvalidOperationException("Nothing was purchased.");
        var (kind, at, amount) = number == 0
            ? (KindOf(e.Kind), e.PurchasedAt, e.Amount)
            : (ActionKind.Refunded, Refunds[number - 1].At, Refunds[number - 1].Amount);
        return new PlayerAction($"{Id}/{number}", e.Player, shard, kind, at, Amount: amount, Currency: e.Currency, Product: e.Product);
    }

    public Decision Decide(ReceiptCommand command, DateTimeOffset now) => command switch
    {
        RecordPurchase c when Purchase is { } purchase => purchase.Player == c.Player
            ? Decision.Nothing
            : Refusal.Conflict(RefusalCodes.ReceiptTaken, "The receipt was redeemed by another player."),
        RecordPurchase c => Check(c, now) is { } refusal
            ? refusal
            : new PurchaseRecorded(now, c.Player, c.Kind, c.Product, c.Amount, c.Currency, c.PurchasedAt),
        _ when Purchase is null => Refusal.NotFound(RefusalCodes.ReceiptNotFound, "No purchase with this receipt is recorded."),
        RefundPurchase c => Refund(c, now),
        ConfirmReported c => c.UpTo > Reported && c.UpTo <= Actions ? new PurchaseReported(now, c.UpTo) : Decision.Nothing,
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "A receipt does not know this command."),
    };

    public Receipt Apply(GameEvent fact) => fact switch
    {
        PurchaseRecorded e => this with { Purchase = e },
        PurchaseRefunded e => this with { Refunds = [.. Refunds, e] },
        PurchaseReported e => this with { Reported = e.UpTo },
        _ => throw new ArgumentOutOfRangeException(nameof(fact), fact, "A receipt's stream does not hold this event."),
    };

    private Decision Refund(RefundPurchase c, DateTimeOffset now)
    {
        var left = Purchase!.Amount - Refunded;
        var amount = c.Amount ?? left;
        return c.Reason.Length is 0 or > MaxReasonLength || c.Reason.Any(char.IsControl)
                ? Refusal.Invalid("reason", $"1 to {MaxReasonLength} characters, none of them control characters")
            : c.Amount is < 1 ? Refusal.Invalid("amount", $"1 to {Purchase.Amount}")
            : amount > left || left == 0
                ? Refusal.Conflict(RefusalCodes.RefundTooLarge, $"Of {Purchase.Amount} paid, {left} is left to give back.")
            : Refunds.Count == MaxRefunds ? Refusal.Conflict(RefusalCodes.RefundTooLarge, $"A purchase has at most {MaxRefunds} refunds.")
            : new PurchaseRefunded(now, amount, c.Reason);
    }

    private static Refusal? Check(RecordPurchase c, DateTimeOffset now) =>
        c.PurchasedAt > now + ActionLimits.MaxAhead || c.PurchasedAt < now - TimeSpan.FromDays(365)
            ? Refusal.Invalid("purchasedAt", "within the last year")
        : ActionRules.CheckForm(new PlayerAction(
            "receipt", c.Player, "s", KindOf(c.Kind), c.PurchasedAt, Amount: c.Amount, Currency: c.Currency, Product: c.Product));

    private static ActionKind KindOf(PurchaseKind kind) => kind switch
    {
        PurchaseKind.OneTime => ActionKind.Purchased,
        PurchaseKind.SubscriptionStart => ActionKind.SubscriptionStarted,
        PurchaseKind.SubscriptionRenewal => ActionKind.SubscriptionRenewed,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
