using System.Net.WebSockets;
using System.Text;
using Game.Gateway.Tests.Harness;

namespace Game.Gateway.Tests.Fuzzing;

/// <summary>Frames that are wrong somewhere; now and then one that ends the session.</summary>
internal sealed class FrameFuzzer(Random random, TestPlayer player, string guild)
{
    private readonly JsonMutator _mutator = new(random);

    private readonly (string Type, object Data)[] _good =
    [
        ("ping", new { }),
        ("renew", new { accessToken = player.AccessToken }),
        ("subscribe", new { topics = new[] { $"guild:{guild}", "chat:world" } }),
        ("unsubscribe", new { topics = new[] { "chat:world" } }),
        ("strike", new { warId = "s01.01ARZ3NDEKTSV4RRFFQ69G5FAV", power = 5 }),
        ("boss.strike", new { eventId = "s01.01ARZ3NDEKTSV4RRFFQ69G5FAV", power = 5 }),
        ("chat", new { channel = "shard", text = "hello" }),
        ("chat", new { channel = "whisper:s01.01ARZ3NDEKTSV4RRFFQ69G5FAV", text = "hello" }),
    ];

    public (byte[] Bytes, WebSocketMessageType Type) Next()
    {
        if (random.Next(300) == 0)
        {
            return random.Next(3) switch
            {
                0 => (_mutator.RandomBytes(20), WebSocketMessageType.Binary),
                1 => (Encoding.UTF8.GetBytes(new string(' ', 16 * 1024 + 1)), WebSocketMessageType.Text),
                _ => ([0xff, 0xfe, 0x80], WebSocketMessageType.Text),
            };
        }

        var (type, data) = _good[random.Next(_good.Length)];
        return (Text(type, data), WebSocketMessageType.Text);
    }

    private byte[] Text(string type, object data)
    {
        byte[] frame;
        if (random.Next(2) == 0)
        {
            // A good envelope around bad data: gets as far as the handler.
            var inner = Valid(_mutator.Mutate(data));
            frame = Encoding.UTF8.GetBytes($"{{\"id\":\"{TestPlayer.NewKey()}\",\"type\":\"{type}\",\"data\":{inner}}}");
        }
        else
        {
            frame = _mutator.Mutate(new { id = TestPlayer.NewKey(), type, data });
        }

        // What is no UTF-8, or too long, ends a session: that has its own turn above.
        var text = Encoding.UTF8.GetString(frame);
        return Encoding.UTF8.GetBytes(text.Length > 5_000 ? text[..5_000] : text);
    }

    private static string Valid(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
