using System.Net;
using System.Net.Sockets;
using System.Text;
using Game.Gateway.Http;
using Game.Gateway.Tests.Harness;

namespace Game.Gateway.Tests.Http;

/// <summary>Bodies at and over their limits: refused by the field's name, and nothing is stored.</summary>
public sealed class BodyTests(GatewayFixture fixture)
{
    [Theory]
    [InlineData("""{"name":"A Guild","tag":"TAG"}""", "missing_field", "policy")]
    [InlineData("""{"name":"A Guild","tag":"TAG","policy":"open","x":1}""", "unknown_field", "x")]
    [InlineData("""{"name":"A Guild","tag":"TAG","policy":"open","policy":"open"}""", "invalid_json", "policy")]
    [InlineData("""{"name":"A Guild","tag":"TAG","policy":"closed"}""", "invalid_field", "policy")]
    [InlineData("""{"name":"A Guild","tag":7,"policy":"open"}""", "invalid_field", "tag")]
    [InlineData("""{"name":"A Guild","tag":"TOOLONG","policy":"open"}""", null, "tag")]
    [InlineData("""{"name":"ab","tag":"TAG","policy":"open"}""", null, "name")]
    [InlineData("", "invalid_json", null)]
    [InlineData("[]", "invalid_json", null)]
    [InlineData("{\"name\":", "invalid_json", null)]
    [InlineData("""{"name":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]],"tag":"TAG","policy":"open"}""", "json_too_deep", null)]
    public async Task Body_ThatIsNotAsDescribed_IsRefusedByField(string json, string? code, string? field)
    {
        var player = await fixture.Gateway.RegisterAsync();
        var answer = await PostAsync(player, "/v1/guilds", Encoding.UTF8.GetBytes(json));
        answer.Expect(HttpStatusCode.BadRequest);
        Assert.Equal(code ?? answer.Code, answer.Code);
        Assert.Equal(field, answer.Body.TryGetProperty("field", out var named) ? named.GetString() : null);
        Assert.Equal("none", (await player.GetAsync("/v1/players/me")).Text("membership"));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1_000_000_001)]
    [InlineData(long.MaxValue)]
    public async Task Amount_OutOfRange_IsRefusedByField(long amount)
    {
        var player = await fixture.Gateway.RegisterAsync();
        var guild = await player.FoundAsync();
        foreach (var path in new[] { "deposit", "withdraw" })
        {
            var answer = await player.PostAsync($"/v1/guilds/{guild}/{path}", new { amount });
            answer.Expect(HttpStatusCode.BadRequest);
            Assert.Equal("amount", answer.Text("field"));
            Assert.False(string.IsNullOrEmpty(answer.Text("limit")));
        }

        Assert.Equal(900, (await player.GetAsync("/v1/players/me")).Body.GetProperty("gold").GetInt64());
    }

    [Fact]
    public async Task Body_OverTheLimit_IsRefused_AndTheConnectionGoesOn()
    {
        var connections = 0;
        using var http = Client(() => connections++);
        var player = await fixture.Gateway.RegisterAsync();
        for (var i = 0; i < 20; i++)
        {
            var path = i % 2 == 0 ? "/v1/guilds" : "/v1/guilds/s01.01ARZ3NDEKTSV4RRFFQ69G5FAV/join";
            var answer = await SendAsync(http, player, path, GatewayLimits.MaxBodyBytes + 1, chunked: i % 3 == 0 && i % 2 == 0);
            answer.Refused(HttpStatusCode.RequestEntityTooLarge, "body_too_large");
            Assert.Equal("body", answer.Text("field"));
            Assert.Contains("65536", answer.Text("limit"));
        }

        Assert.Equal(1, connections);
    }

    [Fact]
    public async Task Body_FarOverTheLimit_IsRefused_AndTheClientToldToCloseTheConnection()
    {
        using var http = Client(static () => { });
        var player = await fixture.Gateway.RegisterAsync();
        var request = Request(player, "/v1/guilds", GatewayLimits.MaxDiscardedBytes + 1, chunked: false);
        request.Headers.ExpectContinue = true;
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        (await Answer.ReadAsync(response)).Refused(HttpStatusCode.RequestEntityTooLarge, "body_too_large");
        Assert.True(response.Headers.ConnectionClose);
    }

    private HttpClient Client(Action connected) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancellationToken) =>
        {
            connected();
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = fixture.Gateway.Http.BaseAddress };

    private static async Task<Answer> SendAsync(HttpClient http, TestPlayer player, string path, int length, bool chunked)
    {
        using var response = await http.SendAsync(Request(player, path, length, chunked), TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }

    private static HttpRequestMessage Request(TestPlayer player, string path, int length, bool chunked)
    {
        var body = new byte[length];
        Array.Fill(body, (byte)' ');
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Authorization = new("Bearer", player.AccessToken);
        request.Headers.Add("Idempotency-Key", TestPlayer.NewKey());
        request.Headers.TransferEncodingChunked = chunked;
        return request;
    }

    private static Task<Answer> PostAsync(TestPlayer player, string path, byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("Idempotency-Key", TestPlayer.NewKey());
        return player.SendAsync(request);
    }
}
