using System.Text.Json.Nodes;
using Game.Broadcast;
using Game.Contracts.Chat;
using Game.Contracts.Identity;
using Game.Contracts.Leaderboards;
using Game.Contracts.Notifications;
using Game.Contracts.Presence;
using Game.Grains.Broadcast;
using Game.Grains.EventSourcing;

namespace Game.Contracts.Tests.AsyncApi;

/// <summary>An event that leaves its shard, and where to: found out by routing a sample of it.</summary>
internal sealed record RoutedEvent(EventType Type, string Exchange, string Key, IReadOnlyList<string> SampleKeys)
{
    /// <summary>The shard that samples speak of.</summary>
    public const string Shard = "s07";

    private static readonly string Entity = new EntityId(Shard, Ulid.From(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero), new byte[10])).ToString();

    public static IReadOnlyList<RoutedEvent> All { get; } =
    [
        .. EventCodec.ForGame().Types.Values
            .Where(type => BroadcastRoutes.RouteOf(type.Type) is not null)
            .OrderBy(type => type.Alias, StringComparer.Ordinal)
            .SelectMany(Route),
        Digest(typeof(BoardDigested), "board"),
        Digest(typeof(PresenceDigested), "presence"),
    ];

    /// <summary>One for each way that an event of this type can take.</summary>
    private static IEnumerable<RoutedEvent> Route(EventType type)
    {
        var codec = EventCodec.ForGame();
        IReadOnlyList<string> streams = type.Type == typeof(MessagePosted)
            ? [ChatChannels.World, ChatChannels.Guild(Entity), ChatChannels.WhispersOf(Entity, Entity)]
            : [Entity];
        var body = JsonNode.Parse(codec.Encode((GameEvent)Samples.Of(type.Type)).Body.Span)!;
        Identify(body);
        foreach (var variant in Variants(body))
        {
            var fact = codec.Decode("sample", 1, type.Alias, type.Version, System.Text.Encoding.UTF8.GetBytes(variant.ToJsonString()));
            foreach (var stream in streams)
            {
                var keys = BroadcastRoutes.RoutingKeysOf(stream, fact);
                Assert.NotEmpty(keys);
                var address = keys[0].Replace(EntityId.Parse(Entity).Ulid.ToString(), "{id}").Replace(Shard, "{shard}");
                yield return new RoutedEvent(type, BroadcastRoutes.RouteOf(type.Type)!, address, keys);
            }
        }
    }

    /// <summary>A notification goes another way if it is urgent.</summary>
    private static IEnumerable<JsonNode> Variants(JsonNode body)
    {
        if (body["content"] is not JsonObject)
        {
            return [body];
        }

        var (calm, urgent) = (body.DeepClone(), body.DeepClone());
        calm["content"]!["priority"] = 0;
        urgent["content"]!["priority"] = NotificationLimits.UrgentPriority;
        return [calm, urgent];
    }

    private static RoutedEvent Digest(Type type, string what) => new(
        EventCodec.ForGame().Types.Values.Single(known => known.Type == type),
        Exchanges.Digests,
        $"{what}.{{shard}}",
        [$"{what}.{Shard}"]);

    /// <summary>Makes every text of a sample the id of an entity of that shard, or its name where a shard is meant.</summary>
    private static void Identify(JsonNode node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members.ToList())
                {
                    if (IsSampleText(value))
                    {
                        members[name] = name is "shard" or "to" ? Shard : Entity;
                    }
                    else if (value is not null)
                    {
                        Identify(value);
                    }
                }

                break;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++)
                {
                    if (IsSampleText(items[i]))
                    {
                        items[i] = Entity;
                    }
                    else if (items[i] is { } item)
                    {
                        Identify(item);
                    }
                }

                break;
        }
    }

    private static bool IsSampleText(JsonNode? value) => value is JsonValue text && text.TryGetValue<string>(out var content) && content.Contains('ü');
}
