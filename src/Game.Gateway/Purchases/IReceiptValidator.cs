using Game.Contracts.Purchases;

namespace Game.Gateway.Purchases;

/// <summary>
/// Asks a store whether a receipt is genuine. Register one for each store in the gateway's container; safe for concurrent use.
/// </summary>
public interface IReceiptValidator
{
    /// <summary>The store's name in requests, <c>[a-z0-9-]{1,16}</c>.</summary>
    string Provider { get; }

    /// <returns>What was bought; null: the store does not vouch for it.</returns>
    /// <exception cref="TimeoutException">The store does not answer: the client is told to ask again.</exception>
    ValueTask<ValidReceipt?> ValidateAsync(string receipt, CancellationToken cancellationToken);
}

/// <summary>A purchase as its store tells it.</summary>
/// <param name="TransactionId">The store's own id: by it a receipt counts once.</param>
/// <param name="Player">Whom the store sold it to; null if it does not know players.</param>
/// <param name="Amount">In minor units of the currency.</param>
public sealed record ValidReceipt(
    string TransactionId, string? Player, PurchaseKind Kind, string Product, long Amount, string Currency, DateTimeOffset PurchasedAt);
