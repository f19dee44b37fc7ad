using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace Game.Gateway.Tests.Harness;

/// <summary>A WebSocket session that reads everything it is sent.</summary>
public sealed class TestSession : IAsyncDisposable
{
    private readonly Channel<JsonElement> _frames = Channel.CreateUnbounded<JsonElement>();
    private readonly List<JsonElement> _skipped = [];
    private readonly Task _reading;

    private TestSession(ClientWebSocket socket)
    {
        Socket = socket;
        _reading = ReadAsync();
    }

    public ClientWebSocket Socket { get; }

    /// <summary>Completes when the server has closed or dropped the connection.</summary>
    public Task Closed => _reading;

    public static async Task<ClientWebSocket> ConnectAsync(TestGateway gateway, string? token, bool tokenInQuery = false)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        var address = new UriBuilder(new Uri(gateway.Http.BaseAddress!, "/v1/session")) { Scheme = "ws" };
        if (token is not null && tokenInQuery)
        {
            address.Query = $"access_token={token}";
        }
        else if (token is not null)
        {
            socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        }

        try
        {
            await socket.ConnectAsync(address.Uri, TestContext.Current.CancellationToken);
        }
        catch (WebSocketException) when (socket.HttpStatusCode != 0)
        {
            // The caller reads the status.
        }

        return socket;
    }

    /// <summary>Opens a session and waits for its hello.</summary>
    public static async Task<TestSession> OpenAsync(TestGateway gateway, string token, bool tokenInQuery = false)
    {
        var session = new TestSession(await ConnectAsync(gateway, token, tokenInQuery));
        await session.PushAsync("hello");
        return session;
    }

    public Task SendAsync(string text) => Socket.SendAsync(
        Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);

    /// <summary>Sends a frame and waits for what answers it.</summary>
    public async Task<JsonElement> AskAsync(string type, object? data = null, string? id = null)
    {
        id ??= TestPlayer.NewKey();
        await SendAsync(JsonSerializer.Serialize(new { id, type, data }));
        return await FrameAsync(frame => IdOf(frame) == id);
    }

    /// <summary>The data of an answer that must be of this type.</summary>
    public async Task<JsonElement> AskForAsync(string expected, string type, object? data = null, string? id = null)
    {
        var reply = await AskAsync(type, data, id);
        Assert.True(reply.GetProperty("type").GetString() == expected, reply.ToString());
        return reply.GetProperty("data");
    }

    /// <summary>The code of an answer that must be an error.</summary>
    public async Task<string> RefusedAsync(string type, object? data = null) =>
        (await AskForAsync("error", type, data)).GetProperty("code").GetString()!;

    /// <summary>The data of the next push of a type that is as wanted.</summary>
    public async Task<JsonElement> PushAsync(string type, Func<JsonElement, bool>? wanted = null) =>
        (await FrameAsync(frame => IdOf(frame) is null && frame.GetProperty("type").GetString() == type
            && (wanted is null || wanted(frame.GetProperty("data"))))).GetProperty("data");

    /// <summary>The next frame that is as wanted; others are kept for later.</summary>
    public async Task<JsonElement> FrameAsync(Func<JsonElement, bool> wanted)
    {
        var kept = _skipped.FindIndex(frame => wanted(frame));
        if (kept >= 0)
        {
            var found = _skipped[kept];
            _skipped.RemoveAt(kept);
            return found;
        }

        using var patience = new CancellationTokenSource(TestGateway.Patience);
        try
        {
            while (true)
            {
                var frame = await _frames.Reader.ReadAsync(patience.Token);
                if (wanted(frame))
                {
                    return frame;
                }

                _skipped.Add(frame);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ChannelClosedException)
        {
            throw new InvalidOperationException(
                $"The frame did not come; the session is {Socket.State} {Socket.CloseStatus}; others came: {string.Join('\n', _skipped)}", exception);
        }
    }

    /// <summary>Frames that came and nobody has asked for.</summary>
    public IReadOnlyList<JsonElement> TakeOthers()
    {
        while (_frames.Reader.TryRead(out var frame))
        {
            _skipped.Add(frame);
        }

        var others = _skipped.ToList();
        _skipped.Clear();
        return others;
    }

    /// <summary>Waits for the end and tells the close code.</summary>
    public async Task<int> CloseCodeAsync()
    {
        await Closed.WaitAsync(TestGateway.Patience, TestContext.Current.CancellationToken);
        return (int)(Socket.CloseStatus ?? 0);
    }

    public async ValueTask DisposeAsync()
    {
        if (Socket.State == WebSocketState.Open)
        {
            await Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }

        await _reading.WaitAsync(TestGateway.Patience);
        Socket.Dispose();
    }

    private static string? IdOf(JsonElement frame) =>
        frame.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null;

    private async Task ReadAsync()
    {
        var buffer = new byte[1024 * 1024];
        try
        {
            while (true)
            {
                var length = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await Socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                    length += part.Count;
                }
                while (!part.EndOfMessage);

                if (part.MessageType == WebSocketMessageType.Close)
                {
                    if (Socket.State == WebSocketState.CloseReceived)
                    {
                        await Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                    }

                    break;
                }

                _frames.Writer.TryWrite(JsonSerializer.Deserialize<JsonElement>(buffer.AsSpan(0, length)));
            }
        }
        catch (WebSocketException)
        {
            // Dropped.
        }
        finally
        {
            _frames.Writer.Complete();
        }
    }
}
