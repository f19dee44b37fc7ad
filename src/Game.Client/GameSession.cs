using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;

namespace Game.Client;

/// <summary>
/// A player's WebSocket session. It reconnects by itself and sends again, under the same id, what has no reply yet: the id
/// is the idempotency key, so nothing counts twice. Safe for concurrent use.
/// </summary>
public sealed class GameSession : IAsyncDisposable
{
    private readonly Gateways _gateways;
    private readonly GameClient _client;
    private readonly Action<string, JsonElement> _onPush;
    private readonly ConcurrentDictionary<string, Pending> _pending = new();
    private readonly HashSet<string> _topics = [];
    private readonly SemaphoreSlim _sending = new(1);
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _running;
    private ClientWebSocket? _socket;

    public GameSession(Gateways gateways, GameClient client, Action<string, JsonElement> onPush)
    {
        _gateways = gateways;
        _client = client;
        _onPush = onPush;
        _running = RunAsync(_closing.Token);
    }

    /// <summary>Times the connection was lost and made again.</summary>
    public int Reconnects { get; private set; }

    /// <summary>
    /// Sends a frame and waits for its reply, over reconnects if need be, and again if the reply says to try later.
    /// </summary>
    public async Task<Reply<T>> AskAsync<T>(string type, object data, string id, CancellationToken cancellationToken)
    {
        var retry = new Retry(_client.Patience);
        while (true)
        {
            var (replyType, element) = await AskOnceAsync(type, data, id, cancellationToken);
            if (replyType != "error")
            {
                return new Reply<T>(element.Deserialize<T>(Wire.Json), null);
            }

            var problem = element.Deserialize<Problem>(Wire.Json)!;
            if (problem.RetryAfterSeconds is not { } seconds
                || !await retry.WaitAsync(TimeSpan.FromSeconds(seconds), cancellationToken))
            {
                return new Reply<T>(default, problem);
            }
        }
    }

    /// <summary>Subscribes now and after every reconnect.</summary>
    public async Task SubscribeAsync(string topic, CancellationToken cancellationToken)
    {
        lock (_topics)
        {
            _topics.Add(topic);
        }

        await AskAsync<JsonElement>("subscribe", new { topics = new[] { topic } }, GameClient.NewKey(), cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _running;
        _closing.Dispose();
        _sending.Dispose();
    }

    private async Task<(string Type, JsonElement Data)> AskOnceAsync(
        string type, object data, string id, CancellationToken cancellationToken)
    {
        var pending = new Pending(JsonSerializer.SerializeToUtf8Bytes(new { id, type, data }, Wire.Json));
        _pending[id] = pending;
        try
        {
            if (_socket is { State: WebSocketState.Open } socket)
            {
                await SendAsync(socket, pending.Frame, cancellationToken);
            }

            // What ends the session for good ends the waiting too.
            await Task.WhenAny(pending.Reply.Task, _running).WaitAsync(cancellationToken);
            await (_running.IsFaulted ? _running : Task.CompletedTask);
            return await pending.Reply.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            _pending.TryRemove(id, out _);
        }
    }

    private async Task RunAsync(CancellationToken closing)
    {
        var delay = TimeSpan.FromMilliseconds(50);
        while (!closing.IsCancellationRequested)
        {
            var gateway = _gateways.Current;
            try
            {
                using var socket = new ClientWebSocket();
                var tokens = _client.Tokens;
                socket.Options.SetRequestHeader("Authorization", $"Bearer {tokens.AccessToken}");
                socket.Options.CollectHttpResponseDetails = true;
                try
                {
                    await socket.ConnectAsync(AddressOf(gateway), closing);
                }
                catch (WebSocketException) when (socket.HttpStatusCode == System.Net.HttpStatusCode.Unauthorized)
                {
                    if ((await _client.RefreshAsync(tokens, closing)).Ok)
                    {
                        continue;
                    }

                    throw;
                }

                delay = TimeSpan.FromMilliseconds(50);
                _socket = socket;
                await ResendAsync(socket, closing);
                await ReceiveAsync(socket, closing);
            }
            catch (Exception exception) when (IsLoss(exception) && !closing.IsCancellationRequested)
            {
                await Task.Delay(delay, closing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                delay = delay < TimeSpan.FromSeconds(1) ? delay * 2 : delay;
            }
            catch (Exception exception) when (IsLoss(exception))
            {
                return;
            }

            _socket = null;
            _gateways.MoveOn(gateway);
            Reconnects++;
        }
    }

    /// <summary>
    /// Who reads from a socket that was aborted elsewhere is told that it was canceled, who begins to read then that it is disposed.
    /// </summary>
    private static bool IsLoss(Exception exception) =>
        exception is WebSocketException or HttpRequestException or IOException or ObjectDisposedException or OperationCanceledException;

    private static Uri AddressOf(Uri gateway) =>
        new UriBuilder(gateway) { Scheme = gateway.Scheme == "https" ? "wss" : "ws", Path = "/v1/session" }.Uri;

    private async Task ResendAsync(ClientWebSocket socket, CancellationToken closing)
    {
        string[] topics;
        lock (_topics)
        {
            topics = [.. _topics];
        }

        if (topics.Length > 0)
        {
            var subscribe = new { id = GameClient.NewKey(), type = "subscribe", data = new { topics } };
            await SendAsync(socket, JsonSerializer.SerializeToUtf8Bytes(subscribe, Wire.Json), closing);
        }

        foreach (var pending in _pending.Values)
        {
            await SendAsync(socket, pending.Frame, closing);
        }
    }

    private async Task SendAsync(ClientWebSocket socket, byte[] frame, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
        catch (Exception exception) when (exception is WebSocketException or IOException or ObjectDisposedException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The receiving side notices too and reconnects; the frame is still pending and goes out again then.
            socket.Abort();
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReceiveAsync(ClientWebSocket socket, CancellationToken closing)
    {
        var buffer = new byte[64 * 1024];
        var length = 0;
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(length), closing);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return;
            }

            length += received.Count;
            if (received.EndOfMessage)
            {
                Dispatch(buffer.AsSpan(0, length));
                length = 0;
            }
            else if (length == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }

    private void Dispatch(ReadOnlySpan<byte> text)
    {
        var frame = JsonSerializer.Deserialize<Frame>(text, Wire.Json)!;
        if (frame.Id is null)
        {
            _onPush(frame.Type, frame.Data);
        }
        else if (_pending.TryGetValue(frame.Id, out var pending))
        {
            pending.Reply.TrySetResult((frame.Type, frame.Data));
        }
    }

    private sealed record Frame(string? Id, string Type, JsonElement Data);

    private sealed class Pending(byte[] frame)
    {
        public byte[] Frame { get; } = frame;

        public TaskCompletionSource<(string Type, JsonElement Data)> Reply { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
