namespace Game.Gateway.Http;

/// <summary>
/// The handler asks the caller's own player, which tells the guild of the route over the bus: the guild may live on a shard that
/// this gateway does not serve. The handler makes sure that there is such a shard.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class GuildMayBeElsewhereAttribute : Attribute;
