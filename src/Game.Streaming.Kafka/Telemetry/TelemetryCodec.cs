using System.Text.Json;
using System.Text.Json.Serialization;

namespace Game.Streaming.Kafka.Telemetry;

/// <summary>How logs and metrics are records.</summary>
public static class TelemetryCodec
{
    public static IReadOnlyList<RecordType> Types { get; } =
        [new(typeof(LogRecord), "game.log"), new(typeof(ServerMetrics), "game.server-metrics")];

    public static JsonSerializerOptions Json { get; } = CreateOptions();

    public static JsonRecordCodec Instance { get; } = new(Types, Json);

    private static JsonSerializerOptions CreateOptions()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            PropertyNameCaseInsensitive = false,
            NumberHandling = JsonNumberHandling.Strict,
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
