using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Game.Cli.Run;

/// <summary>A WebSocket session by hand: every line of standard input is a frame, every frame received is a line of output.</summary>
internal static class SessionCommand
{
    /// <summary>Ends when the input has ended and every frame that carried an id has its reply, or when the gateway closes.</summary>
    public static async Task<int> RunAsync(Uri address, string token, CancellationToken cancellationToken)
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        try
        {
            await socket.ConnectAsync(address, cancellationToken);
        }
        catch (WebSocketException exception)
        {
            await Console.Error.WriteLineAsync($"{address}: {exception.Message}");
            return 1;
        }

        var waiting = new Waiting();
        var sending = SendAsync(socket, waiting, cancellationToken);
        var receiving = ReceiveAsync(socket, waiting, cancellationToken);
        await Task.WhenAny(receiving, Task.WhenAll(sending, waiting.Answered));
        if (socket.State == WebSocketState.Open)
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
            await receiving;
        }

        return socket.CloseStatus == WebSocketCloseStatus.NormalClosure ? 0 : 1;
    }

    private static async Task SendAsync(ClientWebSocket socket, Waiting waiting, CancellationToken cancellationToken)
    {
        while (await Console.In.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length > 0)
            {
                waiting.For(IdOf(line));
                await socket.SendAsync(Encoding.UTF8.GetBytes(line), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
            }
        }

        waiting.NoMore();
    }

    private static async Task ReceiveAsync(ClientWebSocket socket, Waiting waiting, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        using var frame = new MemoryStream();
        while (socket.State is WebSocketState.Open or WebSocketState.CloseSent)
        {
            var received = await socket.ReceiveAsync(buffer, cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return;
            }

            frame.Write(buffer, 0, received.Count);
            if (received.EndOfMessage)
            {
                var text = Encoding.UTF8.GetString(frame.GetBuffer(), 0, (int)frame.Length);
                frame.SetLength(0);
                Console.WriteLine(text);
                waiting.Answer(IdOf(text));
            }
        }
    }

    private static string? IdOf(string frame)
    {
        try
        {
            using var document = JsonDocument.Parse(frame);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String
                ? id.GetString()
                : null;
        }
        catch (JsonException)
        {
            // What is not JSON is sent as it is: the gateway's answer to it is worth seeing.
            return null;
        }
    }

    /// <summary>Frames sent that have no reply yet.</summary>
    private sealed class Waiting
    {
        private readonly HashSet<string> _ids = [];
        private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _noMore;

        public Task Answered => _answered.Task;

        public void For(string? id) => Change(() => _ = id is not null && _ids.Add(id));

        public void Answer(string? id) => Change(() => _ = id is not null && _ids.Remove(id));

        public void NoMore() => Change(() => _noMore = true);

        private void Change(Action change)
        {
            lock (_ids)
            {
                change();
                if (_noMore && _ids.Count == 0)
                {
                    _answered.TrySetResult();
                }
            }
        }
    }
}
