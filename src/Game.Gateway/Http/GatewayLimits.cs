namespace Game.Gateway.Http;

/// <summary>Limits of the wire, the same for every gateway.</summary>
public static class GatewayLimits
{
    public const int MaxBodyBytes = 64 * 1024;

    /// <summary>A body over the limit is still read and thrown away up to this, so that its connection can be used again.</summary>
    public const int MaxDiscardedBytes = 1024 * 1024;

    public const int MaxFrameBytes = 16 * 1024;
    public const int MaxJsonDepth = 16;
    public const int MaxKeyLength = 64;
    public const int MaxCursorLength = 256;
    public const int DefaultPageSize = 20;
    public const int MaxPageSize = 100;

    /// <summary>Topics one session may listen to.</summary>
    public const int MaxTopics = 64;

    /// <summary>Topics of one subscribe or unsubscribe frame.</summary>
    public const int MaxTopicsPerFrame = 16;

    /// <summary>Frames of one session under way at a time.</summary>
    public const int MaxFramesUnderWay = 32;
}
