namespace Game.Gateway.Sessions;

/// <summary>Something to listen to, and the shard whose feed tells it.</summary>
/// <param name="Name">As in frames: <c>war:{warId}</c>, <c>guild:{guildId}</c>, <c>chat:{channel}</c>, <c>player:{id}</c>, <c>events</c>.</param>
/// <param name="Shard">Where its feed grain lives.</param>
/// <param name="Guild">The guild whose members alone may listen, or null.</param>
internal sealed record Topic(string Name, string Shard, string? Guild);
