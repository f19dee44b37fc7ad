using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Game.Contracts.Streams;
using Game.Grains.Relay;
using Game.Streaming.Kafka;
using Game.Streaming.Kafka.Telemetry;

namespace Game.Docs.Tests;

/// <summary>
/// docs/asyncapi/topics.json describes the topics that shards write themselves (AsyncAPI 3), as the code does; docs/topics.md
/// explains them.
/// </summary>
public sealed class TopicTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly IReadOnlyList<Topic> Topics =
    [
        new(StreamTopics.GameEvents, "The event logs of all shards.", "The event's stream.", typeof(EventRecord), EventRecordCodec.Alias, EventRecordCodec.Json, HasId: true),
        .. TelemetryCodec.Types.Select(type => type.Type == typeof(LogRecord)
            ? new Topic(StreamTopics.GameLogs, "Log lines of servers.", "The server.", type.Type, type.Alias, TelemetryCodec.Json, HasId: false)
            : new Topic(StreamTopics.ServerMetrics, "What servers did in each interval.", "The server.", type.Type, type.Alias, TelemetryCodec.Json, HasId: false)),
    ];

    [Fact]
    public void TheDescription_IsThatOfTheCode()
    {
        var expected = Describe().ToJsonString(Indented).ReplaceLineEndings("\n") + "\n";
        var file = Path.Combine(Repository.Root, "docs", "asyncapi", "topics.json");
        var written = Path.Combine(AppContext.BaseDirectory, "topics.json");
        File.WriteAllText(written, expected);

        Assert.True(File.Exists(file) && File.ReadAllText(file) == expected, $"docs/asyncapi/topics.json is not what the code says: {written} is.");
    }

    [Fact]
    public void ThePage_ExplainsEveryTopicAndEveryField()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "topics.md"));

        Assert.All(StreamTopics.All, topic => Assert.Contains($"`{topic}`", page));
        foreach (var topic in Topics)
        {
            var fields = topic.Json.GetJsonSchemaAsNode(topic.Type)["properties"]!.AsObject().Select(property => property.Key);
            Assert.All(fields, field => Assert.True(page.Contains($"| `{field}` |", StringComparison.Ordinal), $"{topic.Name}: {field} is not explained."));
        }
    }

    private static JsonObject Describe() => new()
    {
        ["asyncapi"] = "3.0.0",
        ["info"] = new JsonObject
        {
            ["title"] = "Topics of the game",
            ["version"] = "1",
            ["description"] = "Records that shards write to Kafka. docs/topics.md explains them.",
        },
        ["defaultContentType"] = "application/json",
        ["channels"] = Each(topic => new JsonObject
        {
            ["address"] = topic.Name,
            ["description"] = topic.Description,
            ["messages"] = new JsonObject { [topic.Alias] = Reference($"#/components/messages/{topic.Alias}") },
        }),
        ["operations"] = Each(topic => new JsonObject
        {
            ["action"] = "send",
            ["channel"] = Reference($"#/channels/{topic.Name}"),
        }),
        ["components"] = new JsonObject
        {
            ["messages"] = new JsonObject(Topics.Select(topic => KeyValuePair.Create<string, JsonNode?>(topic.Alias, MessageOf(topic)))),
        },
    };

    private static JsonObject MessageOf(Topic topic)
    {
        var headers = new JsonObject
        {
            [RecordHeaders.Type] = new JsonObject { ["const"] = topic.Alias },
            [RecordHeaders.Version] = new JsonObject { ["const"] = "1" },
            [RecordHeaders.TraceParent] = new JsonObject { ["type"] = "string", ["description"] = "W3C trace context, if the producer was traced." },
        };
        var required = new JsonArray(RecordHeaders.Type, RecordHeaders.Version);
        if (topic.HasId)
        {
            headers[RecordHeaders.Id] = new JsonObject { ["type"] = "string", ["description"] = "The same on a record that comes again." };
            required.Add(RecordHeaders.Id);
        }

        return new JsonObject
        {
            ["headers"] = new JsonObject { ["type"] = "object", ["properties"] = headers, ["required"] = required },
            ["bindings"] = new JsonObject { ["kafka"] = new JsonObject { ["key"] = new JsonObject { ["type"] = "string", ["description"] = topic.Key } } },
            ["payload"] = topic.Json.GetJsonSchemaAsNode(topic.Type),
        };
    }

    private static JsonObject Each(Func<Topic, JsonNode> describe) =>
        new(Topics.Select(topic => KeyValuePair.Create<string, JsonNode?>(topic.Name, describe(topic))));

    private static JsonObject Reference(string to) => new() { ["$ref"] = to };

    private sealed record Topic(string Name, string Description, string Key, Type Type, string Alias, JsonSerializerOptions Json, bool HasId);
}
