using Game.Gateway.Chat;
using Game.Gateway.Limits;
using Game.Gateway.Telemetry;
using Game.Gateway.Tokens;

namespace Game.Gateway.Sessions;

/// <summary>What every session uses.</summary>
internal sealed record SessionServices(
    SessionSettings Settings,
    FeedHub Hub,
    FrameCatalog Catalog,
    RateLimits Limits,
    RevocationCheck Revocations,
    ChatService Chat,
    ShardRouter Shards,
    GatewayMetrics Metrics,
    TimeProvider Clock,
    ILogger<GameSession> Logger);
