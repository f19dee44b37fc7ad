namespace Game.Gateway;

/// <summary>Token buckets: so many at once, so many a second after that. 0 a second means no limit.</summary>
public sealed class LimitSettings
{
    /// <summary>HTTP requests of one address (of one /64 for IPv6), 0–1,000,000 a second.</summary>
    public int AddressPerSecond { get; set; } = 500;

    public int AddressBurst { get; set; } = 2_000;

    /// <summary>Sign-in requests of one address, 0–1,000,000 a second.</summary>
    public int SignInPerSecond { get; set; } = 10;

    public int SignInBurst { get; set; } = 200;

    /// <summary>
    /// Logins to one account from one address, whether they succeed or not, and failed logins of one address to the management
    /// port, 0–1,000,000 a minute.
    /// </summary>
    public int AccountPerMinute { get; set; } = 10;

    public int AccountBurst { get; set; } = 20;

    /// <summary>HTTP requests of one player, 0–1,000,000 a second.</summary>
    public int PlayerPerSecond { get; set; } = 50;

    public int PlayerBurst { get; set; } = 200;

    /// <summary>Frames of one player over all sessions, 0–1,000,000 a second.</summary>
    public int FramesPerSecond { get; set; } = 100;

    public int FramesBurst { get; set; } = 400;

    /// <summary>What one player says on one channel (all whispers are one), 0–1,000,000 a minute.</summary>
    public int ChatPerMinute { get; set; } = 60;

    public int ChatBurst { get; set; } = 20;

    /// <summary>What all players of this gateway say on one channel, 0–1,000,000 a second.</summary>
    public int ChannelPerSecond { get; set; } = 100;

    public int ChannelBurst { get; set; } = 500;

    /// <summary>Notifications that operators send through this gateway, 0–1,000,000 a minute.</summary>
    public int OperatorNotificationsPerMinute { get; set; } = 60;

    public int OperatorNotificationsBurst { get; set; } = 60;

    internal IEnumerable<string> Validate(string path)
    {
        var check = new SettingCheck(path);
        check.Range(AddressPerSecond, 0, 1_000_000);
        check.Range(AddressBurst, 1, 1_000_000);
        check.Range(SignInPerSecond, 0, 1_000_000);
        check.Range(SignInBurst, 1, 1_000_000);
        check.Range(AccountPerMinute, 0, 1_000_000);
        check.Range(AccountBurst, 1, 1_000_000);
        check.Range(PlayerPerSecond, 0, 1_000_000);
        check.Range(PlayerBurst, 1, 1_000_000);
        check.Range(FramesPerSecond, 0, 1_000_000);
        check.Range(FramesBurst, 1, 1_000_000);
        check.Range(ChatPerMinute, 0, 1_000_000);
        check.Range(ChatBurst, 1, 1_000_000);
        check.Range(ChannelPerSecond, 0, 1_000_000);
        check.Range(ChannelBurst, 1, 1_000_000);
        check.Range(OperatorNotificationsPerMinute, 0, 1_000_000);
        check.Range(OperatorNotificationsBurst, 1, 1_000_000);
        return check.Failures;
    }
}
