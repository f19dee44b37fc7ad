using System.Text;
using System.Text.Json.Nodes;

namespace Game.Contracts.Tests.AsyncApi;

/// <summary>Writes JSON as block YAML, the same every time; strings are quoted as JSON quotes them where they need it.</summary>
internal static class Yaml
{
    public static string Write(JsonNode node)
    {
        var output = new StringBuilder();
        WriteChildren(output, node, 0);
        return output.ToString();
    }

    private static void WriteChildren(StringBuilder output, JsonNode node, int depth)
    {
        if (node is JsonObject members)
        {
            foreach (var (name, value) in members)
            {
                output.Append(' ', depth * 2).Append(Scalar(name)).Append(':');
                WriteValue(output, value, depth);
            }
        }
        else
        {
            foreach (var item in node.AsArray())
            {
                output.Append(' ', depth * 2).Append('-');
                WriteValue(output, item, depth);
            }
        }
    }

    private static void WriteValue(StringBuilder output, JsonNode? value, int depth)
    {
        switch (value)
        {
            case JsonObject { Count: 0 }:
                output.Append(" {}\n");
                break;
            case JsonArray { Count: 0 }:
                output.Append(" []\n");
                break;
            case JsonObject or JsonArray:
                output.Append('\n');
                WriteChildren(output, value, depth + 1);
                break;
            case JsonValue text when text.TryGetValue<string>(out var content):
                output.Append(' ').Append(Scalar(content)).Append('\n');
                break;
            default:
                output.Append(' ').Append(value?.ToJsonString() ?? "null").Append('\n');
                break;
        }
    }

    private static string Scalar(string text) =>
        text.Length > 0 && char.IsLetter(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ' ' or '/')
            && !text.EndsWith(' ') && text is not ("true" or "false" or "null" or "yes" or "no" or "on" or "off")
            ? text
            : JsonValue.Create(text).ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
