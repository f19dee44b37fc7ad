using System.Text.Json.Nodes;
using Game.Contracts.Identity;
using Game.Grains.Broadcast;
using Game.Grains.EventSourcing;

namespace Game.Contracts.Tests.AsyncApi;

/// <summary>An event that leaves its shard, and where to: found out by routing a sample of it.</summary>
internal sealed record RoutedEvent(EventType Type, string Exchange, string Key, IReadOnlyList<string> SampleKeys)
{
    /// <summary>The shard that samples speak of.</summary>
    public const string Shard = "s07";

    private const string Channel = "CHANNEL";
    private static readonly string Entity = new EntityId(Shard, Ulid.From(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero), new byte[10])).ToString();

    public static IReadOnlyList<RoutedEvent> All { get; } =
    [
        .. EventCodec.ForGame().Types.Values
            .Where(type => BroadcastRoutes.RouteOf(type.Type) is not null)
            .OrderBy(type => type.Alias, StringComparer.Ordinal)
            .Select(Route),
    ];

    private static RoutedEvent Route(EventType type)
    {
        var codec = EventCodec.ForGame();
        var body = JsonNode.Parse(codec.Encode((GameEvent)Samples.Of(type.Type)).Body.Span)!;
        Identify(body);
        var fact = codec.Decode("sample", 1, type.Alias, type.Version, System.Text.Encoding.UTF8.GetBytes(body.ToJsonString()));
        var keys = BroadcastRoutes.RoutingKeysOf(type.Alias.StartsWith("chat.", StringComparison.Ordinal) ? Channel : Entity, fact);
        Assert.NotEmpty(keys);
        return new RoutedEvent(
            type,
            BroadcastRoutes.RouteOf(type.Type)!,
            keys[0].Replace(EntityId.Parse(Entity).Ulid.ToString(), "{id}").Replace(Shard, "{shard}").Replace(Channel, "{channel}"),
            keys);
    }

    /// <summary>Makes every text of a sample the id of an entity of that shard.</summary>
    private static void Identify(JsonNode node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members.ToList())
                {
                    if (IsSampleText(value))
                    {
                        members[name] = Entity;
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
