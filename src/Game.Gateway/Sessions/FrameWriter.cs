using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Game.Gateway.Http;

namespace Game.Gateway.Sessions;

/// <summary>Frames to clients, as UTF-8.</summary>
internal static class FrameWriter
{
    public static ReadOnlyMemory<byte> Reply(string id, FrameReply reply) => reply.Problem is { } problem
        ? Error(id, problem)
        : JsonSerializer.SerializeToUtf8Bytes(new ReplyFrame(id, reply.Type!, reply.Data!), GatewayJson.Options);

    /// <param name="id">Null if the frame that is answered had none that could be read.</param>
    /// <param name="problem">Why.</param>
    public static ReadOnlyMemory<byte> Error(string? id, Problem problem) => JsonSerializer.SerializeToUtf8Bytes(
        new ErrorFrame(
            id,
            "error",
            new ErrorData(problem.Code, problem.Detail, problem.Field, problem.Limit, problem.RetryAfterSeconds)),
        GatewayJson.Options);

    public static ReadOnlyMemory<byte> Push(string type, object data) =>
        JsonSerializer.SerializeToUtf8Bytes(new PushFrame(type, data), GatewayJson.Options);

    /// <summary>A push whose data is JSON already.</summary>
    public static ReadOnlyMemory<byte> RawPush(string type, string json)
    {
        var output = new ArrayBufferWriter<byte>(json.Length + type.Length + 32);
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteString("type", type);
        writer.WritePropertyName("data");
        writer.WriteRawValue(json, skipInputValidation: true);
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenMemory;
    }

    private sealed record ReplyFrame(string Id, string Type, object Data);

    private sealed record PushFrame(string Type, object Data);

    private sealed record ErrorFrame(string? Id, string Type, ErrorData Data);

    private sealed record ErrorData(
        string Code,
        string Detail,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Field,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Limit,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? RetryAfterSeconds);
}
