using System.Net.WebSockets;

namespace Game.Gateway.Sessions;

/// <summary>Why the gateway ends a session, as the close frame tells.</summary>
/// <param name="Status">Close code, RFC 6455 §7.4; 4000 and above are the game's own.</param>
/// <param name="Text">At most 123 bytes of UTF-8.</param>
/// <param name="Discard">Whether frames that still wait are thrown away.</param>
internal sealed record CloseReason(WebSocketCloseStatus Status, string Text, bool Discard)
{
    public static readonly CloseReason Normal = new(WebSocketCloseStatus.NormalClosure, "bye", false);

    public static readonly CloseReason Draining = new(WebSocketCloseStatus.EndpointUnavailable, "draining", false);

    public static readonly CloseReason Binary = new(WebSocketCloseStatus.InvalidMessageType, "text frames only", false);

    public static readonly CloseReason TooLarge = new(WebSocketCloseStatus.MessageTooBig, "frame over 16 KiB", false);

    public static readonly CloseReason TooFast = new(WebSocketCloseStatus.PolicyViolation, "too fast", false);

    public static readonly CloseReason SignedOut = new((WebSocketCloseStatus)4401, "token ended", false);

    public static readonly CloseReason TooSlow = new((WebSocketCloseStatus)4408, "too slow", true);
}
