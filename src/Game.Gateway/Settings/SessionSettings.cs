namespace Game.Gateway;

/// <summary>WebSocket sessions.</summary>
public sealed class SessionSettings
{
    /// <summary>Sessions of this gateway, 1–1,000,000.</summary>
    public int MaxSessions { get; set; } = 10_000;

    /// <summary>Sessions of one player, 1–1,000.</summary>
    public int MaxPerPlayer { get; set; } = 5;

    /// <summary>Frames that may wait for a client to read them, 8–100,000; one more and it is cut off.</summary>
    public int MaxOutboundFrames { get; set; } = 512;

    /// <summary>Bytes that may wait for a client to read them, 65,536–1,073,741,824.</summary>
    public int MaxOutboundBytes { get; set; } = 1024 * 1024;

    /// <summary>How long one frame may take to be sent before the client is cut off, 1–600 s.</summary>
    public int SendSeconds { get; set; } = 15;

    /// <summary>A silent connection is pinged this often, 1–600 s.</summary>
    public int KeepAliveSeconds { get; set; } = 15;

    /// <summary>A client that does not answer a ping for this long is gone, 1–600 s.</summary>
    public int KeepAliveTimeoutSeconds { get; set; } = 20;

    /// <summary>
    /// How often a client is told what replaces the last (a war's scoreboard, a boss's pool), 0–1,000 a second; the newest is
    /// told. 0 means no limit.
    /// </summary>
    public int StatesPerSecond { get; set; } = 4;

    /// <summary>Between two states of one kind; zero means no limit.</summary>
    internal TimeSpan StateInterval => StatesPerSecond == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(1) / StatesPerSecond;

    internal IEnumerable<string> Validate(string path)
    {
        var check = new SettingCheck(path);
        check.Range(MaxSessions, 1, 1_000_000);
        check.Range(MaxPerPlayer, 1, 1_000);
        check.Range(MaxOutboundFrames, 8, 100_000);
        check.Range(MaxOutboundBytes, 65_536, 1_073_741_824);
        check.Range(SendSeconds, 1, 600);
        check.Range(KeepAliveSeconds, 1, 600);
        check.Range(KeepAliveTimeoutSeconds, 1, 600);
        check.Range(StatesPerSecond, 0, 1_000);
        return check.Failures;
    }
}
