using System.Text.Json;
using Game.Gateway.Http;

namespace Game.Gateway.Sessions;

/// <summary>The outer part of a client's frame; <paramref name="Data"/> is where its data stands, empty if it has none.</summary>
internal readonly record struct FrameEnvelope(string? Id, string? Type, Range Data)
{
    private const string IdLimit = IdempotencyKey.Limit;

    /// <summary>Reads <c>{"id","type","data"}</c>. The id is told even if the rest is wrong, as far as it could be read.</summary>
    public static Problem? Read(ReadOnlySpan<byte> frame, out FrameEnvelope envelope)
    {
        envelope = default;
        try
        {
            return ReadStrictly(frame, out envelope);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string with half a surrogate pair.
            return Invalid("A frame is one JSON object in UTF-8, nested at most 16 levels.");
        }
    }

    private static Problem? ReadStrictly(ReadOnlySpan<byte> frame, out FrameEnvelope envelope)
    {
        var reader = new Utf8JsonReader(frame, new JsonReaderOptions { MaxDepth = GatewayLimits.MaxJsonDepth });
        string? id = null;
        string? type = null;
        Range? data = null;
        Problem? problem = null;
        envelope = default;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return Invalid("A frame is a JSON object.");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id") && id is null)
            {
                reader.Read();
                id = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                if (id is null || !IdempotencyKey.IsValid(id))
                {
                    id = null;
                    problem ??= Problem.Invalid("id", IdLimit, GatewayCodes.FrameInvalid);
                }
            }
            else if (reader.ValueTextEquals("type") && type is null)
            {
                reader.Read();
                type = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                problem ??= type is null ? Problem.Invalid("type", "a string", GatewayCodes.FrameInvalid) : null;
            }
            else if (reader.ValueTextEquals("data") && data is null)
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                data = start..(int)reader.BytesConsumed;
            }
            else
            {
                problem ??= Invalid("A frame has id, type and data, each once, and nothing else.");
                reader.Read();
                reader.Skip();
            }
        }

        // Whatever follows the object is an error that the reader tells.
        while (reader.Read())
        {
        }

        envelope = new FrameEnvelope(id, type, data ?? 0..0);
        return problem
            ?? (id is null ? Problem.Invalid("id", IdLimit, GatewayCodes.FrameInvalid)
                : type is null ? Problem.Invalid("type", "a string", GatewayCodes.FrameInvalid)
                : null);
    }

    private static Problem Invalid(string detail) => new(StatusCodes.Status400BadRequest, GatewayCodes.FrameInvalid, detail);
}
