namespace Game.Routing;

/// <summary>How a way of the router does.</summary>
/// <param name="Name">The primary way.</param>
/// <param name="Level">Which way messages take now.</param>
/// <param name="PrimaryBroken">The primary way's circuit is open.</param>
/// <param name="FallbackBroken">The fallback's circuit is open.</param>
/// <param name="Spooled">Messages on disk.</param>
public sealed record ChainStatus(string Name, RouteLevel Level, bool PrimaryBroken, bool FallbackBroken, long Spooled);
