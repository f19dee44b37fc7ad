using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Game.Gateway.Http;

namespace Game.Gateway.Limits;

/// <summary>Token buckets by address, account and player. Safe for concurrent use; unused buckets are forgotten.</summary>
internal sealed class RateLimits(LimitSettings settings) : IDisposable
{
    private readonly PartitionedRateLimiter<string>? _address = PerSecond(settings.AddressPerSecond, settings.AddressBurst);
    private readonly PartitionedRateLimiter<string>? _signIn = PerSecond(settings.SignInPerSecond, settings.SignInBurst);
    private readonly PartitionedRateLimiter<string>? _account = PerMinute(settings.AccountPerMinute, settings.AccountBurst);
    private readonly PartitionedRateLimiter<string>? _operator = PerMinute(settings.AccountPerMinute, settings.AccountBurst);
    private readonly PartitionedRateLimiter<string>? _player = PerSecond(settings.PlayerPerSecond, settings.PlayerBurst);
    private readonly PartitionedRateLimiter<string>? _frames = PerSecond(settings.FramesPerSecond, settings.FramesBurst);
    private readonly PartitionedRateLimiter<string>? _chat = PerMinute(settings.ChatPerMinute, settings.ChatBurst);
    private readonly PartitionedRateLimiter<string>? _channel = PerSecond(settings.ChannelPerSecond, settings.ChannelBurst);
    private readonly PartitionedRateLimiter<string>? _notifications =
        PerMinute(settings.OperatorNotificationsPerMinute, settings.OperatorNotificationsBurst);

    public Problem? CheckAddress(IPAddress? address) => Check(_address, KeyOf(address));

    public Problem? CheckSignIn(IPAddress? address) => Check(_signIn, KeyOf(address));

    /// <summary>By account and address together: a stranger who keeps guessing must not lock the owner out.</summary>
    public Problem? CheckAccount(string? shard, string name, IPAddress? address) =>
        Check(_account, $"{shard}/{name.ToLowerInvariant()}/{KeyOf(address)}");

    /// <summary>Whether an address has failed to log in to the management port too often. Takes nothing.</summary>
    public Problem? CheckOperator(IPAddress? address)
    {
        // Not an acquisition of 0: a bucket that holds a fraction of a token grants that.
        var key = KeyOf(address);
        return _operator?.GetStatistics(key) is { CurrentAvailablePermits: 0 } ? Check(_operator, key) : null;
    }

    /// <summary>Only failures are counted: a console and a dashboard send the login with every request.</summary>
    public void CountOperatorFailure(IPAddress? address) => Check(_operator, KeyOf(address));

    public Problem? CheckPlayer(string playerId) => Check(_player, playerId);

    public Problem? CheckFrame(string playerId) => Check(_frames, playerId);

    /// <summary>What one player says on one channel.</summary>
    public Problem? CheckChat(string playerId, string channel) => Check(_chat, $"{playerId}/{channel}");

    /// <summary>What all players of this gateway say on one channel.</summary>
    public Problem? CheckChannel(string channel) => Check(_channel, channel);

    public Problem? CheckOperatorNotification() => Check(_notifications, "");

    public void Dispose()
    {
        _address?.Dispose();
        _signIn?.Dispose();
        _account?.Dispose();
        _operator?.Dispose();
        _player?.Dispose();
        _frames?.Dispose();
        _chat?.Dispose();
        _channel?.Dispose();
        _notifications?.Dispose();
    }

    private static Problem? Check(PartitionedRateLimiter<string>? limiter, string key)
    {
        if (limiter is null)
        {
            return null;
        }

        using var lease = limiter.AttemptAcquire(key);
        return lease.IsAcquired
            ? null
            : Problem.TooFast(lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1));
    }

    private static PartitionedRateLimiter<string>? PerSecond(int rate, int burst)
    {
        // Ten refills a second where that comes out even enough, so that a second's worth does not come in one go.
        var often = rate >= 10 ? 10 : 1;
        return Create(TimeSpan.FromSeconds(1.0 / often), rate / often, burst);
    }

    private static PartitionedRateLimiter<string>? PerMinute(int rate, int burst) => rate == 0
        ? null
        : Create(TimeSpan.FromMinutes(1) / rate, 1, burst);

    private static PartitionedRateLimiter<string>? Create(TimeSpan period, int refill, int burst) => refill == 0
        ? null
        : PartitionedRateLimiter.Create<string, string>(key => RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = refill,
            ReplenishmentPeriod = period,
            QueueLimit = 0,
            AutoReplenishment = false,
        }), StringComparer.Ordinal);

    /// <summary>An IPv6 host usually owns its whole /64, so that is one client.</summary>
    private static string KeyOf(IPAddress? address)
    {
        if (address is null)
        {
            return "";
        }

        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))}/64")
            : address.ToString();
    }
}
