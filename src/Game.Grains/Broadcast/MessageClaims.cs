using System.Globalization;
using Game.Broadcast;
using Game.Contracts.Identity;
using Game.Contracts.Leaderboards;
using Game.Contracts.Presence;
using Game.Grains.Broadcast.Chains;
using Game.Grains.EventSourcing;

namespace Game.Grains.Broadcast;

/// <summary>
/// What a message says about where it comes from, checked for contradictions before anything is believed. Whoever can write to the
/// exchanges can still invent a message that agrees with itself: the broker's users and permissions are what keeps others out.
/// </summary>
internal static class MessageClaims
{
    /// <summary>Streams whose key names the one shard that writes them.</summary>
    private static readonly HashSet<string> AtHome = [StreamName.Player, StreamName.Guild, StreamName.War];

    /// <summary>What comes straight from a grain's memory, not from a log.</summary>
    private static readonly HashSet<Type> Digests = [typeof(PresenceDigested), typeof(BoardDigested)];

    /// <param name="message">What has come.</param>
    /// <param name="type">What its type stands for; null: unknown, or not to be looked at.</param>
    /// <param name="queue">Where it has come.</param>
    /// <param name="shard">Whose queue that is.</param>
    /// <param name="isShard">Whether its source is a shard of this game.</param>
    /// <returns>Why it cannot be true, or null.</returns>
    public static string? Check(BroadcastMessage message, Type? type, ShardQueue queue, ShardIdentity shard, bool isShard)
    {
        var source = message.SourceShard;
        if (!isShard)
        {
            return $"There is no shard {Quote(source)}.";
        }

        var route = Resync.RouteOf(message, shard.Name);
        if (route == Exchanges.Digests)
        {
            return CheckDigest(message, type);
        }

        if (NumberOf(message) is not { } number)
        {
            return $"Its id {Quote(message.Id)} is not one of shard {source}, position {message.SourcePosition}.";
        }

        var slash = message.SourceStream.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0)
        {
            return $"{Quote(message.SourceStream)} is not the name of a stream.";
        }

        if (AtHome.Contains(StreamName.CategoryOf(message.SourceStream))
            && (!EntityId.TryParse(StreamName.KeyOf(message.SourceStream), out var entity) || entity.Shard != source))
        {
            return $"Shard {source} does not write the stream {Quote(message.SourceStream)}.";
        }

        if (type is not null && BroadcastRoutes.RouteOf(type) != route)
        {
            return $"Messages of type {message.Type} do not come over {route ?? message.RoutingKey}.";
        }

        return message.Link is { } link
            && (!queue.HasChains || route is null || link.Place != ChainPlace.Of(message.SourcePosition, number) || link.Previous >= link.Place
                || (link.Chain != shard.Name && link.Chain != BroadcastRoutes.AllShards))
            ? $"Its place {link.Place} after {link.Previous} in chain {Quote(link.Chain)} contradicts its position {message.SourcePosition}."
            : null;
    }

    /// <summary>A shard that the settings name, or one that may have been added since: s01 to s100. Others may have been met.</summary>
    public static bool IsShard(string name, ShardIdentity shard) =>
        shard.Configured.Contains(name)
        || (ShardId.IsValid(name) && name[0] == 's' && int.TryParse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is >= 1 and <= 100 && ShardId.Numbered(number) == name);

    private static string? CheckDigest(BroadcastMessage message, Type? type)
    {
        if (!message.Id.StartsWith($"{message.SourceShard}/", StringComparison.Ordinal))
        {
            return $"Its id {Quote(message.Id)} is not one of shard {message.SourceShard}.";
        }

        if (type is not null && !Digests.Contains(type))
        {
            return $"Messages of type {message.Type} do not come over {Exchanges.Digests}.";
        }

        return message.Link is null ? null : "A digest has no place in a chain.";
    }

    private static int? NumberOf(BroadcastMessage message)
    {
        var prefix = $"{message.SourceShard}/{message.SourcePosition}/";
        return message.SourcePosition > 0
            && message.Id.StartsWith(prefix, StringComparison.Ordinal)
            && int.TryParse(message.Id.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number < ChainPlace.MaxMessages
            ? number
            : null;
    }

    private static string Quote(string text) => text.Length <= 60 ? $"'{text}'" : $"'{text[..60]}…'";
}
