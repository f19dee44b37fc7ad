using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Game.Gateway.Tests.Fuzzing;

/// <summary>Makes bad input out of good: the same seed makes the same input.</summary>
internal sealed class JsonMutator(Random random)
{
    private static readonly string[] Texts =
    [
        "", " ", "\0", "\u0001", "a", "null", "true", "0", "-1", "../../etc/passwd", "<script>", "' OR 1=1 --", "\"", "\\", "\ud83d\ude00",
        "\u202e", "ﷺ", "s01.", "s01.01ARZ3NDEKTSV4RRFFQ69G5FAV", "s99.01ARZ3NDEKTSV4RRFFQ69G5FAV", "S01.01arz3ndektsv4rrffq69g5fav", "guild:", "guild:x",
        "guild:s01.01ARZ3NDEKTSV4RRFFQ69G5FAV", "war:", "world", "İ", "ß", new string('x', 21), new string('x', 5_000), new string('é', 129),
    ];

    private static readonly string[] Numbers =
    [
        "0", "-0", "-1", "1", "1.5", "1e3", "1E400", "-1e-400", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "-9223372036854775809", "2147483648", "1000000000000000000000000000000", "0.1", "00", "NaN", "Infinity", "0x10", "1000000001",
    ];

    /// <summary>JSON, more or less, of a good body.</summary>
    public byte[] Mutate(object good)
    {
        var node = JsonSerializer.SerializeToNode(good)!.AsObject();
        return random.Next(10) switch
        {
            0 => Damage(Encoding.UTF8.GetBytes(node.ToJsonString())),
            1 => Truncate(Encoding.UTF8.GetBytes(node.ToJsonString())),
            2 => Encoding.UTF8.GetBytes(Raw(random.Next(5))),
            3 => Nested(random.Next(1, 200)),
            4 => Duplicate(node),
            5 => RandomBytes(random.Next(200)),
            6 => Huge(node),
            _ => Fields(node),
        };
    }

    /// <summary>A text that some rule should stumble over.</summary>
    public string Text() => random.Next(3) == 0 ? RandomText(random.Next(60)) : Texts[random.Next(Texts.Length)];

    public string Number() => Numbers[random.Next(Numbers.Length)];

    public byte[] RandomBytes(int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Random JSON, nested up to a depth.</summary>
    public string Raw(int depth) => random.Next(depth == 0 ? 5 : 7) switch
    {
        0 => "null",
        1 => random.Next(2) == 0 ? "true" : "false",
        2 => Number(),
        3 or 4 => Quote(Text()),
        5 => $"[{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Raw(depth - 1)))}]",
        _ => $"{{{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => $"{Quote(Text())}:{Raw(depth - 1)}"))}}}",
    };

    private byte[] Fields(JsonObject node)
    {
        var json = new StringBuilder("{");
        foreach (var (name, value) in node)
        {
            if (random.Next(12) == 0)
            {
                continue;
            }

            json.Append(json.Length > 1 ? "," : "").Append(Quote(random.Next(15) == 0 ? name.ToUpperInvariant() : name)).Append(':');
            json.Append(random.Next(2) == 0 ? value?.ToJsonString() ?? "null" : Raw(random.Next(3)));
        }

        if (random.Next(3) == 0)
        {
            json.Append(json.Length > 1 ? "," : "").Append(Quote(Text())).Append(':').Append(Raw(2));
        }

        return Encoding.UTF8.GetBytes(json.Append('}').ToString());
    }

    private byte[] Damage(byte[] json)
    {
        for (var i = random.Next(1, 4); i > 0 && json.Length > 0; i--)
        {
            json[random.Next(json.Length)] = (byte)random.Next(256);
        }

        return json;
    }

    private byte[] Truncate(byte[] json) => json[..random.Next(json.Length)];

    private byte[] Duplicate(JsonObject node)
    {
        var text = node.ToJsonString();
        return Encoding.UTF8.GetBytes($"{text[..^1]}{(node.Count > 0 ? "," : "")}{text[1..]}");
    }

    private byte[] Huge(JsonObject node)
    {
        node["padding"] = new string('x', random.Next(2) == 0 ? 15_000 : 70_000);
        return Encoding.UTF8.GetBytes(node.ToJsonString());
    }

    private static byte[] Nested(int depth) => Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{{\"name\":{new string('[', depth)}{new string(']', depth)}}}"));

    private string RandomText(int length)
    {
        var text = new char[length];
        for (var i = 0; i < length; i++)
        {
            // Half surrogate pairs included.
            text[i] = random.Next(4) == 0 ? (char)random.Next(char.MaxValue + 1) : (char)random.Next(32, 127);
        }

        return new string(text);
    }

    /// <summary>As JSON, with whatever the text holds escaped, so that half surrogate pairs arrive too.</summary>
    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            quoted.Append(c is >= ' ' and < (char)127 and not '"' and not '\\' ? c.ToString() : $"\\u{(int)c:x4}");
        }

        return quoted.Append('"').ToString();
    }
}
