using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Game.Contracts;
using Game.Contracts.Purchases;
using Game.Gateway.Http;

namespace Game.Gateway.Purchases;

/// <summary>Redeems receipts and gives money back. Safe for concurrent use.</summary>
internal sealed class PurchaseService(IEnumerable<IReceiptValidator> validators, ShardRouter shards)
{
    private readonly Dictionary<string, IReceiptValidator> _validators =
        validators.ToDictionary(validator => validator.Provider, StringComparer.Ordinal);

    private static readonly Problem NotConfigured = new(
        StatusCodes.Status409Conflict, GatewayCodes.PurchasesNotConfigured, "No store's receipts can be checked here.");

    private static readonly Problem NotGenuine = new(
        StatusCodes.Status403Forbidden, RefusalCodes.ReceiptInvalid, "The store does not vouch for this receipt.");

    private static readonly Problem Taken = new(
        StatusCodes.Status409Conflict, RefusalCodes.ReceiptTaken, "The receipt was made out to another player.");

    public async Task<(Problem? Problem, PurchaseView? Purchase)> RedeemAsync(
        string commandId, string player, string provider, string receipt, CancellationToken cancellationToken)
    {
        if (_validators.Count == 0)
        {
            return (NotConfigured, null);
        }

        if (!_validators.TryGetValue(provider, out var validator))
        {
            return (Problem.Invalid("provider", $"one of {string.Join(", ", _validators.Keys.Order(StringComparer.Ordinal))}"), null);
        }

        if (await validator.ValidateAsync(receipt, cancellationToken) is not { } valid)
        {
            return (NotGenuine, null);
        }

        if (valid.Player is { } buyer && buyer != player)
        {
            return (Taken, null);
        }

        var id = IdOf(provider, valid.TransactionId);
        var recorded = await GrainOf(id).HandleAsync(new RecordPurchase(
            commandId, player, valid.Kind, valid.Product, valid.Amount, valid.Currency, valid.PurchasedAt));
        return (recorded.Refusal is { } refusal ? Problem.From(refusal) : null, recorded.Value);
    }

    public Task<Outcome<PurchaseView>> RefundAsync(string commandId, string receiptId, long? amount, string reason) =>
        GrainOf(receiptId).HandleAsync(new RefundPurchase(commandId, amount, reason));

    public static bool IsId(string receiptId) =>
        receiptId.Split(':') is [{ Length: > 0 and <= 16 }, { Length: 64 } hash] && hash.All(char.IsAsciiHexDigitLower);

    private static string IdOf(string provider, string transactionId) =>
        $"{provider}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(transactionId)))}";

    /// <summary>A receipt's shard follows from the receipt, whoever brings it: all gateways must serve the same shards.</summary>
    private IReceiptGrain GrainOf(string receiptId)
    {
        var start = receiptId.AsSpan(receiptId.IndexOf(':', StringComparison.Ordinal) + 1, 8);
        var hash = BinaryPrimitives.ReadUInt32BigEndian(Convert.FromHexString(start));
        return shards.On(shards.All[(int)(hash % shards.All.Count)]).GetGrain<IReceiptGrain>(receiptId);
    }
}
