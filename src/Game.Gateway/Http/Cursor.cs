using System.Buffers.Text;
using System.Text;

namespace Game.Gateway.Http;

/// <summary>
/// Where a list goes on: base64url of the list's name and the last item's key. Opaque to clients, and worthless for
/// another list. It is not signed: all it can do is name a place in a list that the caller may read anyway.
/// </summary>
internal static class Cursor
{
    public static string Write(string list, string key) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{list}\n{key}"));

    /// <summary>The key, or null if this is no cursor of the list.</summary>
    public static string? Read(string list, string cursor)
    {
        if (cursor.Length is 0 or > GatewayLimits.MaxCursorLength || !Base64Url.IsValid(cursor))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
        return text.StartsWith(list + "\n", StringComparison.Ordinal) && text.Length > list.Length + 1 ? text[(list.Length + 1)..] : null;
    }

    public static Problem Malformed() => Problem.Invalid("cursor", "a nextCursor of this list", GatewayCodes.InvalidCursor);
}
