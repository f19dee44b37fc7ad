namespace Game.Contracts.Purchases;

/// <summary>One receipt of a store; key: <c>{provider}:{hash}</c>. It counts once, for whoever brings it first.</summary>
[Alias("game.IReceiptGrain")]
public interface IReceiptGrain : IGrainWithStringKey
{
    [Alias("Handle")]
    Task<Outcome<PurchaseView>> HandleAsync(ReceiptCommand command);

    [Alias("Get"), ReadOnly]
    Task<PurchaseView?> GetAsync();
}

public enum PurchaseKind
{
    OneTime,
    SubscriptionStart,
    SubscriptionRenewal,
}

/// <summary>A purchase. Amounts are in minor units of the ISO 4217 currency. <paramref name="Refunded"/>: of the amount, so far.</summary>
[GenerateSerializer, Immutable, Alias("game.purchase.view")]
public sealed record PurchaseView(
    [property: Id(0)] string ReceiptId,
    [property: Id(1)] string Player,
    [property: Id(2)] PurchaseKind Kind,
    [property: Id(3)] string Product,
    [property: Id(4)] long Amount,
    [property: Id(5)] string Currency,
    [property: Id(6)] DateTimeOffset PurchasedAt,
    [property: Id(7)] long Refunded);

[GenerateSerializer, Immutable, Alias("game.purchase.command")]
public abstract record ReceiptCommand(string CommandId) : Command(CommandId);

/// <summary>A receipt that its store has vouched for.</summary>
[GenerateSerializer, Immutable, Alias("game.purchase.record")]
public sealed record RecordPurchase(
    string CommandId,
    [property: Id(0)] string Player,
    [property: Id(1)] PurchaseKind Kind,
    [property: Id(2)] string Product,
    [property: Id(3)] long Amount,
    [property: Id(4)] string Currency,
    [property: Id(5)] DateTimeOffset PurchasedAt) : ReceiptCommand(CommandId);

/// <summary>Gives back part of the amount, or the rest (null).</summary>
[GenerateSerializer, Immutable, Alias("game.purchase.refund")]
public sealed record RefundPurchase(
    string CommandId, [property: Id(0)] long? Amount, [property: Id(1)] string Reason) : ReceiptCommand(CommandId);

/// <summary>The stream has taken the revenue actions up to this number.</summary>
[GenerateSerializer, Immutable, Alias("game.purchase.confirm-reported")]
public sealed record ConfirmReported(string CommandId, [property: Id(0)] int UpTo) : ReceiptCommand(CommandId);

[GenerateSerializer, Immutable, Alias("purchase.recorded")]
public sealed record PurchaseRecorded(
    DateTimeOffset At,
    [property: Id(0)] string Player,
    [property: Id(1)] PurchaseKind Kind,
    [property: Id(2)] string Product,
    [property: Id(3)] long Amount,
    [property: Id(4)] string Currency,
    [property: Id(5)] DateTimeOffset PurchasedAt) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("purchase.refunded")]
public sealed record PurchaseRefunded(
    DateTimeOffset At, [property: Id(0)] long Amount, [property: Id(1)] string Reason) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("purchase.reported")]
public sealed record PurchaseReported(DateTimeOffset At, [property: Id(0)] int UpTo) : GameEvent(At);
