using Game.Contracts;
using Game.Contracts.Purchases;
using Game.Gateway.Http;

namespace Game.Gateway.Purchases;

internal static class PurchaseEndpoints
{
    public static void Map(RouteGroupBuilder api) => api.MapPost("/players/me/purchases", RedeemAsync).WithTags("Players")
        .WithName("redeemReceipt").WithSummary("Records a purchase by its store's receipt.").Produces<PurchaseView>();

    /// <param name="management">Behind the operator's login.</param>
    public static void MapOperator(RouteGroupBuilder management) => management.MapPost("/ops/purchases/refund", RefundAsync)
        .AddEndpointFilterFactory(RequestGuard.Create);

    private static async Task<IResult> RedeemAsync(
        JsonBody<RedeemBody> body, IdempotencyKey key, Caller caller, PurchaseService purchases, CancellationToken cancellationToken)
    {
        var (problem, purchase) = await purchases.RedeemAsync(
            key.For(caller), caller.PlayerId, body.Value.Provider, body.Value.Receipt, cancellationToken);
        return problem is null ? Reply.Ok(purchase) : Reply.Refused(problem);
    }

    private static async Task<IResult> RefundAsync(JsonBody<RefundBody> body, IdempotencyKey key, PurchaseService purchases) =>
        Reply.Of(await purchases.RefundAsync($"operator:{key.Value}", body.Value.ReceiptId, body.Value.Amount, body.Value.Reason), Reply.Ok);
}

internal sealed record RedeemBody(string Provider, string Receipt) : IRequestBody
{
    private const int MaxReceiptLength = 16_384;

    public Refusal? Check() =>
        Provider.Length is 0 or > 16 ? Refusal.Invalid("provider", "1 to 16 characters")
        : Receipt.Length is 0 or > MaxReceiptLength ? Refusal.Invalid("receipt", $"1 to {MaxReceiptLength} characters")
        : null;
}

internal sealed record RefundBody(string ReceiptId, string Reason, long? Amount = null) : IRequestBody
{
    public Refusal? Check() => PurchaseService.IsId(ReceiptId) ? null : Refusal.Invalid("receiptId", "a receiptId as purchases tell it");
}
