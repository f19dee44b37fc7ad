using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Game.Gateway.Tests.Harness;

namespace Game.Gateway.Tests.Sessions;

public sealed class SlowClientTests(GatewayFixture fixture)
{
    /// <summary>A client that sends and never reads is cut off; nobody else notices.</summary>
    [Fact]
    public async Task Client_ThatDoesNotRead_IsCutOff_AndOthersAreServed()
    {
        await using var gateway = await TestGateway.StartAsync(
            settings => settings.Sessions.MaxOutboundFrames = 64, shards: fixture.Gateway.Shards);
        var slow = await gateway.RegisterAsync();
        var other = await gateway.RegisterAsync();
        using var socket = await ConnectAsync(gateway, slow.AccessToken);

        // A refused frame is answered with a long reply and stores nothing.
        var frame = Encoding.UTF8.GetBytes($$$"""{"id":"{{{new string('x', 64)}}}","type":"strike","data":{"warId":"none","power":1}}""");
        using var patience = new CancellationTokenSource(TestGateway.Patience);
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            while (true)
            {
                await socket.SendAsync(frame, WebSocketMessageType.Text, true, patience.Token);
            }
        });

        Assert.False(patience.IsCancellationRequested, "The gateway kept everything for a client that does not read.");
        await using var session = await other.ConnectAsync();
        await session.AskForAsync("pong", "ping");
        Assert.Contains(
            "gateway_sessions_closed_total{code=\"4408\"}", await gateway.Management.GetStringAsync("/metrics", TestContext.Current.CancellationToken));
    }

    private static async Task<ClientWebSocket> ConnectAsync(TestGateway gateway, string token)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 4096 };
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        var client = new ClientWebSocket();
        client.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        var address = new UriBuilder(new Uri(gateway.Http.BaseAddress!, "/v1/session")) { Scheme = "ws" };
        await client.ConnectAsync(address.Uri, new HttpMessageInvoker(handler), TestContext.Current.CancellationToken);
        return client;
    }
}
