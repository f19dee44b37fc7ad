using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Game.Broadcast;
using Game.Grains.Broadcast;
using Game.Grains.Broadcast.Chains;
using Game.Grains.EventSourcing;

namespace Game.Contracts.Tests.AsyncApi;

/// <summary>The AsyncAPI description of what travels between shards, made from the code that sends and reads it.</summary>
internal static class BroadcastDocument
{
    private static readonly IReadOnlyList<(string Alias, string Summary, Type Body)> Asks =
    [
        (Resync.HelloType, "A shard wants to follow this one's messages from now on.", typeof(NoBody)),
        (Resync.WelcomeType, "Up to where a shard has sent each chain of each route.", typeof(HeardSoFar)),
        (Resync.HeardType, "Up to where a shard has heard each chain of each route of this one.", typeof(HeardSoFar)),
        (Resync.ResendType, "A shard has missed what came after a place of a chain.", typeof(ResendFrom)),
    ];

    public static JsonObject Create() => new()
    {
        ["asyncapi"] = "3.0.0",
        ["info"] = new JsonObject
        {
            ["title"] = "Orleans.Game between shards",
            ["version"] = $"{ContractVersion.Current}.0.0",
            ["description"] = "Made from BroadcastRoutes and the event types by AsyncApiTests; do not edit by hand.",
        },
        ["defaultContentType"] = "application/json",
        ["channels"] = Channels(),
        ["operations"] = Operations(),
        ["components"] = new JsonObject { ["messages"] = Messages(), ["schemas"] = new JsonObject { ["headers"] = Headers() } },
    };

    private static JsonObject Channels()
    {
        var channels = new JsonObject();
        foreach (var exchange in RoutedEvent.All.Select(routed => routed.Exchange).Distinct())
        {
            foreach (var key in RoutedEvent.All.Where(routed => routed.Exchange == exchange).GroupBy(routed => routed.Key))
            {
                channels[$"{exchange}/{key.Key}"] = ToExchange(exchange, key.Key, key.Select(routed => routed.Type.Alias));
            }
        }

        channels[$"{Exchanges.Resync}/ask"] = ToExchange(Exchanges.Resync, "ask.{shard}", Asks.Select(ask => ask.Alias));
        channels[$"{Exchanges.Resync}/to"] = ToExchange(Exchanges.Resync, "to.{route}.{shard}", [Resync.SentType]);
        foreach (var queue in ShardQueues.Of("{shard}"))
        {
            channels[queue.Name] = ToQueue(queue);
        }

        return channels;
    }

    private static JsonObject ToExchange(string exchange, string key, IEnumerable<string> messages) => new()
    {
        ["address"] = key,
        ["messages"] = References(messages),
        ["parameters"] = Parameters(key),
        ["bindings"] = new JsonObject
        {
            ["amqp"] = new JsonObject
            {
                ["is"] = "routingKey",
                ["exchange"] = new JsonObject { ["name"] = exchange, ["type"] = "topic", ["durable"] = true, ["autoDelete"] = false },
            },
        },
    };

    private static JsonObject ToQueue(ShardQueue queue) => new()
    {
        ["address"] = queue.Name,
        ["description"] = $"A {(queue.Declaration.Transient ? "transient queue of the connection that consumes it" : "quorum queue with one active consumer")}, {queue.Declaration.Prefetch} deliveries at a time; after {queue.Declaration.DeliveryLimit} failed deliveries a message goes to the dead letters of the shard. "
            + $"Bound to {string.Join(", ", queue.Declaration.Bindings.Select(binding => $"{binding.Exchange} {binding.Pattern}"))}.",
        ["messages"] = References(MessagesOf(queue)),
        ["parameters"] = Parameters(queue.Name),
        ["bindings"] = new JsonObject
        {
            ["amqp"] = new JsonObject
            {
                ["is"] = "queue",
                ["queue"] = new JsonObject { ["name"] = queue.Name, ["durable"] = !queue.Declaration.Transient, ["exclusive"] = queue.Declaration.Transient, ["autoDelete"] = false },
            },
        },
    };

    private static IEnumerable<string> MessagesOf(ShardQueue queue)
    {
        var bindings = ShardQueues.Of(RoutedEvent.Shard)
            .Single(real => real.Name == queue.Name.Replace("{shard}", RoutedEvent.Shard, StringComparison.Ordinal)).Declaration.Bindings;
        var routed = RoutedEvent.All.Where(routed => bindings.Any(binding => binding.Exchange == routed.Exchange
            && routed.SampleKeys.Any(key => new TopicPattern(binding.Pattern).IsMatch(key))));
        return
        [
            .. routed.Select(one => one.Type.Alias),
            .. bindings.Contains(Resync.AskBindingOf(RoutedEvent.Shard)) ? Asks.Select(ask => ask.Alias) : [],
            .. queue.HasChains ? [Resync.SentType] : Array.Empty<string>(),
        ];
    }

    private static JsonObject Operations()
    {
        var operations = new JsonObject();
        foreach (var exchange in RoutedEvent.All.Select(routed => routed.Exchange).Distinct())
        {
            var keys = RoutedEvent.All.Where(routed => routed.Exchange == exchange).Select(routed => routed.Key).Distinct();
            foreach (var key in keys)
            {
                operations[$"publish {exchange}/{key}"] = Operation("send", $"{exchange}/{key}");
            }
        }

        operations[$"publish {Exchanges.Resync}/ask"] = Operation("send", $"{Exchanges.Resync}/ask");
        operations[$"publish {Exchanges.Resync}/to"] = Operation("send", $"{Exchanges.Resync}/to");
        foreach (var queue in ShardQueues.Of("{shard}"))
        {
            operations[$"consume {queue.Name}"] = Operation("receive", queue.Name);
        }

        return operations;
    }

    private static JsonObject Operation(string action, string channel) => new()
    {
        ["action"] = action,
        ["channel"] = new JsonObject { ["$ref"] = $"#/channels/{channel.Replace("/", "~1", StringComparison.Ordinal)}" },
    };

    private static JsonObject Messages()
    {
        var messages = new JsonObject();
        foreach (var routed in RoutedEvent.All)
        {
            messages[routed.Type.Alias] = Message(
                routed.Type.Alias,
                $"Schema version {routed.Type.Version}."
                    + (BroadcastRoutes.IsCoalesced(routed.Type.Type) ? " Cumulative: of several in a row the last one is sent; it has no chain." : ""),
                routed.Type.Type);
        }

        foreach (var (alias, summary, body) in Asks)
        {
            messages[alias] = Message(alias, summary, body);
        }

        messages[Resync.SentType] = Message(Resync.SentType, "Everything up to a place of a chain has been sent before this.", typeof(SentSoFar));
        return messages;
    }

    private static JsonObject Message(string alias, string summary, Type body) => new()
    {
        ["name"] = alias,
        ["summary"] = summary,
        ["contentType"] = "application/json",
        ["headers"] = new JsonObject { ["$ref"] = "#/components/schemas/headers" },
        ["payload"] = EventCodec.Json.GetJsonSchemaAsNode(body),
        ["bindings"] = new JsonObject { ["amqp"] = new JsonObject { ["messageType"] = alias } },
    };

    private static JsonObject Headers() => new()
    {
        ["type"] = "object",
        ["required"] = new JsonArray(
            MessageHeaders.SourceShard, MessageHeaders.SourcePosition, MessageHeaders.SourceStream, MessageHeaders.SchemaVersion),
        ["properties"] = new JsonObject
        {
            [MessageHeaders.SourceShard] = new JsonObject { ["type"] = "string" },
            [MessageHeaders.SourcePosition] = new JsonObject { ["type"] = "integer" },
            [MessageHeaders.SourceStream] = new JsonObject { ["type"] = "string" },
            [MessageHeaders.SchemaVersion] = new JsonObject { ["type"] = "integer" },
            [MessageHeaders.TraceParent] = new JsonObject { ["type"] = "string" },
            [MessageHeaders.Chain] = new JsonObject { ["type"] = "string" },
            [MessageHeaders.ChainPlace] = new JsonObject { ["type"] = "integer" },
            [MessageHeaders.ChainPrevious] = new JsonObject { ["type"] = "integer" },
            [MessageHeaders.TimeToLive] = new JsonObject { ["type"] = "integer" },
            [MessageHeaders.PublishedAt] = new JsonObject { ["type"] = "integer" },
        },
    };

    private static JsonObject References(IEnumerable<string> messages)
    {
        var references = new JsonObject();
        foreach (var alias in messages.Distinct())
        {
            references[alias] = new JsonObject { ["$ref"] = $"#/components/messages/{alias}" };
        }

        return references;
    }

    private static JsonObject Parameters(string address)
    {
        var parameters = new JsonObject();
        foreach (var (name, description) in (ReadOnlySpan<(string, string)>)
        [
            ("shard", "A shard's name, s01 to s100."),
            ("id", "The ULID of a player."),
            ("route", "The name of an exchange, without its messages that are urgent or digests."),
        ])
        {
            if (address.Contains($"{{{name}}}", StringComparison.Ordinal))
            {
                parameters[name] = new JsonObject { ["description"] = description };
            }
        }

        return parameters;
    }

    private sealed record NoBody;
}
