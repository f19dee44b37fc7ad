using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Game.Gateway.Sessions;
using Game.Gateway.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace Game.Gateway.Tests.Fuzzing;

/// <summary>Bad frames by the thousands: every one is answered by an error or ends its session, and changes nothing.</summary>
public sealed class FrameFuzzTests
{
    private const int FramesASession = 200;

    [Fact]
    public async Task Frames_Malformed_AreRefusedAndChangeNothing()
    {
        var seed = FuzzSettings.Seed;
        TestContext.Current.TestOutputHelper!.WriteLine($"GAME_FUZZ_SEED={seed}");
        await using var gateway = await TestGateway.StartAsync(settings => settings.Sessions.MaxOutboundFrames = 10_000);
        var player = await gateway.RegisterAsync();
        var guild = await player.FoundAsync();
        var random = new Random(seed);
        var fuzzer = new FrameFuzzer(random, player, guild);
        var errors = 0;
        for (var done = 0; done < FuzzSettings.Frames;)
        {
            await gateway.Shards.SettleAsync();
            var before = await gateway.Shards.HeadsAsync();
            var (sent, refused, stored) = await RunAsync(gateway, player, fuzzer, seed);
            done += sent;
            errors += refused;
            if (!stored)
            {
                Assert.Equal(before, await gateway.Shards.HeadsAsync());
            }
        }

        Assert.Empty(gateway.Log.Entries);
        Assert.True(errors > FuzzSettings.Frames / 2, $"Only {errors} were refused: the fuzzer has become harmless.");
        await using var session = await player.ConnectAsync();
        await session.AskForAsync("pong", "ping");
    }

    /// <summary>One session: sends until it has sent enough or is cut off; if not, a last ping and everything else must be answered.</summary>
    private static async Task<(int Sent, int Refused, bool Stored)> RunAsync(
        TestGateway gateway, TestPlayer player, FrameFuzzer fuzzer, int seed)
    {
        using var socket = await TestSession.ConnectAsync(gateway, player.AccessToken);
        var last = TestPlayer.NewKey();
        var reading = ReadAsync(socket, last, seed);
        var sent = 0;
        try
        {
            while (sent < FramesASession && socket.State == WebSocketState.Open)
            {
                var (bytes, type) = fuzzer.Next();
                sent++;
                await socket.SendAsync(bytes, type, endOfMessage: true, TestContext.Current.CancellationToken);
            }

            await socket.SendAsync(
                Encoding.UTF8.GetBytes($"{{\"id\":\"{last}\",\"type\":\"ping\"}}"), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);
        }
        catch (Exception exception) when (IsCutOff(exception))
        {
            // Reading tells why.
        }

        var (refused, stored) = await reading.WaitAsync(TestGateway.Patience, TestContext.Current.CancellationToken);

        // What a session cut off has begun may still be stored; not into the next one's time.
        socket.Abort();
        await Task.WhenAll(gateway.Services.GetRequiredService<SessionRegistry>().Sessions.Select(session => session.Ended))
            .WaitAsync(TestGateway.Patience, TestContext.Current.CancellationToken);
        return (sent, refused, stored);
    }

    /// <returns>Stored is true too if the session was cut off, and with it perhaps the answer to something that was stored.</returns>
    private static async Task<(int Refused, bool Stored)> ReadAsync(ClientWebSocket socket, string last, int seed)
    {
        var buffer = new byte[64 * 1024];
        var refused = 0;
        var stored = false;
        var answered = false;
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(), TestContext.Current.CancellationToken);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    if (socket.CloseStatus == WebSocketCloseStatus.NormalClosure)
                    {
                        Assert.True(answered, $"seed {seed}: the last ping was not answered.");
                        return (refused, stored);
                    }

                    // Binary, too large, or no UTF-8.
                    Assert.Contains((int)socket.CloseStatus!, new[] { 1003, 1007, 1009 });
                    return (refused + 1, true);
                }

                Assert.True(part.EndOfMessage);
                var frame = JsonSerializer.Deserialize<JsonElement>(buffer.AsSpan(0, part.Count));
                var type = frame.GetProperty("type").GetString();
                if (type == "error")
                {
                    refused++;
                    var code = frame.GetProperty("data").GetProperty("code").GetString();
                    Assert.False(
                        code is "internal_error" or "outcome_unknown" or "shard_unavailable", $"seed {seed}: {frame}");
                }

                stored |= type is "said" or "struck";
                if (frame.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String && id.GetString() == last)
                {
                    Assert.Equal("pong", type);
                    answered = true;

                    // Frames are answered side by side: what is under way is answered before the session ends.
                    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
                }
            }
        }
        catch (Exception exception) when (IsCutOff(exception))
        {
            // The close frame was lost with the connection, as happens when more was under way.
            return (refused + 1, true);
        }
    }

    private static bool IsCutOff(Exception exception) => exception is WebSocketException || exception.InnerException is IOException;
}
