using System.Net;

namespace Game.Gateway;

/// <summary>Everything about the gateway that can be set. Section <c>Gateway</c>.</summary>
public sealed class GatewaySettings
{
    /// <summary>IP address the public port listens on.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>The public port, 0–65535; 0 takes a free one.</summary>
    public int Port { get; set; } = 8080;

    /// <summary>
    /// IP address the management port listens on. Anything but loopback needs a password for <see cref="Operator"/>; it speaks
    /// plain HTTP, so keep it off the open network all the same.
    /// </summary>
    public string ManagementAddress { get; set; } = "127.0.0.1";

    /// <summary>Health, metrics and the console, 0–65535; 0 takes a free one.</summary>
    public int ManagementPort { get; set; } = 8081;

    public OperatorSettings Operator { get; set; } = new();

    /// <summary>IP addresses, or networks as <c>10.0.0.0/8</c>, of proxies whose X-Forwarded-For is believed.</summary>
    public List<string> TrustedProxies { get; set; } = [];

    /// <summary>Gold a new player starts with, 0–1,000,000,000.</summary>
    public long StartingGold { get; set; } = 1_000;

    /// <summary>How long an ending gateway waits for its sessions to finish what is under way, 1–300 s.</summary>
    public int DrainSeconds { get; set; } = 10;

    /// <summary>How long it still takes traffic while it already says it is not ready, 0–300 s.</summary>
    public int ReadyDelaySeconds { get; set; }

    public TokenSettings Tokens { get; set; } = new();

    public PasswordSettings Passwords { get; set; } = new();

    public LimitSettings Limits { get; set; } = new();

    public SessionSettings Sessions { get; set; } = new();

    public PurchaseSettings Purchases { get; set; } = new();

    /// <summary>Every failure, each with its full path; empty if all is well.</summary>
    public IEnumerable<string> Validate(string path)
    {
        var check = new SettingCheck(path);
        check.Address(Address);
        check.Range(Port, 0, 65535);
        check.Address(ManagementAddress);
        check.Range(ManagementPort, 0, 65535);
        if (Port != 0 && Port == ManagementPort)
        {
            check.Fail(nameof(ManagementPort), $"must not be the public port {Port}");
        }

        if (IPAddress.TryParse(ManagementAddress, out var management) && !IPAddress.IsLoopback(management) && !Operator.IsRequired)
        {
            check.Fail(
                $"{nameof(Operator)}:{nameof(OperatorSettings.Password)}",
                $"must be set, or {nameof(OperatorSettings.PasswordFile)}, where the management port listens on {ManagementAddress}, not on loopback");
        }

        for (var i = 0; i < TrustedProxies.Count; i++)
        {
            if (!IPAddress.TryParse(TrustedProxies[i], out _) && !IPNetwork.TryParse(TrustedProxies[i], out _))
            {
                check.Fail($"{nameof(TrustedProxies)}:{i}", $"must be an IP address or a network such as 10.0.0.0/8, not '{TrustedProxies[i]}'");
            }
        }

        check.Range(StartingGold, 0, 1_000_000_000);
        check.Range(DrainSeconds, 1, 300);
        check.Range(ReadyDelaySeconds, 0, 300);
        return
        [
            .. check.Failures,
            .. Operator.Validate($"{path}:{nameof(Operator)}"),
            .. Tokens.Validate($"{path}:{nameof(Tokens)}"),
            .. Passwords.Validate($"{path}:{nameof(Passwords)}"),
            .. Limits.Validate($"{path}:{nameof(Limits)}"),
            .. Sessions.Validate($"{path}:{nameof(Sessions)}"),
            .. Purchases.Validate($"{path}:{nameof(Purchases)}"),
        ];
    }
}
