using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Game.Contracts.Purchases;
using Game.Gateway.Http;
using Game.Gateway.Purchases;
using Game.Gateway.Tests.Harness;

namespace Game.Gateway.Tests.Analytics;

/// <summary>A receipt is worth its money once, to whom it was made out.</summary>
public sealed class PurchaseTests(GatewayFixture fixture)
{
    private readonly TestGateway _gateway = fixture.Gateway;

    [Fact]
    public async Task Receipt_IsRedeemedOnce_RefundedByTheOperator_AndIsRevenue()
    {
        var (buyer, other) = (await _gateway.RegisterAsync("s02"), await _gateway.RegisterAsync("s03"));
        var product = "product-" + Guid.NewGuid().ToString("N")[..8];
        var receipt = SignedReceiptValidator.Sign(ReceiptOf(buyer, product), TestGateway.ShopKey);

        var first = (await RedeemAsync(buyer, receipt)).Expect(HttpStatusCode.OK);
        Assert.Equal((499, "EUR", buyer.Id), (first.Body.GetProperty("amount").GetInt64(), first.Text("currency"), first.Text("player")));
        var again = (await RedeemAsync(buyer, receipt)).Expect(HttpStatusCode.OK);
        Assert.Equal(first.Text("receiptId"), again.Text("receiptId"));
        (await RedeemAsync(other, receipt)).Refused(HttpStatusCode.Conflict, "receipt_taken");

        (await RefundAsync(first.Text("receiptId"), 200, "r1")).Expect(HttpStatusCode.OK);
        (await RefundAsync(first.Text("receiptId"), 200, "r1")).Expect(HttpStatusCode.OK);
        (await RefundAsync(first.Text("receiptId"), 300, "r2")).Refused(HttpStatusCode.Conflict, "refund_too_large");
        (await RefundAsync($"signed:{new string('0', 64)}", 1, "r3")).Refused(HttpStatusCode.NotFound, "receipt_not_found");
        (await RefundAsync("signed:0", 1, "r4")).Refused(HttpStatusCode.BadRequest, "invalid_field");

        await _gateway.Shards.SettleAsync();
        using var answer = await _gateway.Management.GetAsync(
            "/v1/analytics/revenue?by=product&limit=100", TestContext.Current.CancellationToken);
        var row = (await Answer.ReadAsync(answer)).Expect(HttpStatusCode.OK).Body.GetProperty("items").EnumerateArray()
            .Single(row => row.GetProperty("of").GetString() == product);
        Assert.Equal(
            (499, 200, 299),
            (row.GetProperty("gross").GetInt64(), row.GetProperty("refunds").GetInt64(), row.GetProperty("net").GetInt64()));
        Assert.Equal(2, row.GetProperty("decimals").GetInt32());
    }

    [Fact]
    public async Task Receipt_ThatTheShopDidNotSign_IsRefused()
    {
        var buyer = await _gateway.RegisterAsync();
        var good = SignedReceiptValidator.Sign(ReceiptOf(buyer, "p"), TestGateway.ShopKey);
        var parts = good.Split('.');
        string[] bad =
        [
            SignedReceiptValidator.Sign(ReceiptOf(buyer, "p"), RandomNumberGenerator.GetBytes(32)),
            $"{parts[0]}.{Encode(ReceiptOf(buyer, "p") with { Amount = 1 })}.{parts[2]}",
            $"none.{parts[1]}.",
            $"none.{parts[1]}.{parts[2]}",
            $"es256.{parts[1]}.{parts[2]}",
            $"{parts[0]}.{parts[1]}",
            "...",
            "ü.ü.ü",
            SignedReceiptValidator.Sign(ReceiptOf(buyer, "p") with { Player = null }, TestGateway.ShopKey),
        ];
        foreach (var receipt in bad)
        {
            (await RedeemAsync(buyer, receipt)).Refused(HttpStatusCode.Forbidden, "receipt_invalid");
        }

        var answer = await buyer.PostAsync("/v1/players/me/purchases", new { provider = "elsewhere", receipt = good });
        answer.Refused(HttpStatusCode.BadRequest, "invalid_field");
        Assert.Equal("provider", answer.Text("field"));
        answer = (await RedeemAsync(buyer, SignedReceiptValidator.Sign(ReceiptOf(buyer, "p") with { Currency = "XXX" }, TestGateway.ShopKey)))
            .Refused(HttpStatusCode.BadRequest, "invalid_field");
        Assert.Equal("currency", answer.Text("field"));
    }

    [Fact]
    public async Task Receipt_SignedWithAPublicKeysOther_IsGood()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var validator = new SignedReceiptValidator(null, key.ExportSubjectPublicKeyInfoPem());
        var receipt = ReceiptOf("s01.01ARZ3NDEKTSV4RRFFQ69G5FAV", "p");
        var signed = $"es256.{Encode(receipt)}";
        var signature = Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256));

        Assert.Equal(receipt, await validator.ValidateAsync($"{signed}.{signature}", CancellationToken.None));
        Assert.Null(await validator.ValidateAsync($"{signed}.{signature[..^4]}AAAA", CancellationToken.None));
    }

    [Fact]
    public async Task WithoutAShop_PurchasesAreRefused()
    {
        await using var gateway = await TestGateway.StartAsync(
            settings => settings.Purchases = new PurchaseSettings(), shards: _gateway.Shards);
        var buyer = await gateway.RegisterAsync();
        (await RedeemAsync(buyer, "r")).Refused(HttpStatusCode.Conflict, "purchases_not_configured");
    }

    [Fact]
    public void Settings_ThatHoldNoKey_AreRefusedWithTheirPath()
    {
        var purchases = new PurchaseSettings { Key = "c2hvcnQ=", PublicKeyFile = "/nowhere/key.pem" };
        var failures = new GatewaySettings { Purchases = purchases }.Validate("Gateway").ToList();
        foreach (var failure in new[] { "Key: must be base64 of at least 32 bytes", "PublicKeyFile: cannot be read" })
        {
            Assert.Contains(failures, told => told.StartsWith($"Gateway:Purchases:{failure}", StringComparison.Ordinal));
        }
    }

    private static ValidReceipt ReceiptOf(TestPlayer player, string product) => ReceiptOf(player.Id, product);

    private static ValidReceipt ReceiptOf(string player, string product) => new(
        Guid.NewGuid().ToString("N"),
        player,
        PurchaseKind.OneTime,
        product,
        499,
        "EUR",
        new DateTimeOffset(DateTime.UtcNow.Date, TimeSpan.Zero));

    private static string Encode(ValidReceipt receipt) =>
        Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(receipt, GatewayJson.Options));

    private static Task<Answer> RedeemAsync(TestPlayer player, string receipt) =>
        player.PostAsync("/v1/players/me/purchases", new { provider = "signed", receipt });

    private async Task<Answer> RefundAsync(string receiptId, long amount, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/ops/purchases/refund")
        {
            Content = JsonContent.Create(new { receiptId, amount, reason = "goodwill" }),
        };
        request.Headers.Add("Idempotency-Key", key);
        using var response = await _gateway.Management.SendAsync(request, TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }
}
