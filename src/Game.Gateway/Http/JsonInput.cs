using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Game.Gateway.Http;

/// <summary>Reads a JSON object strictly and says what is wrong with it: which field, which limit.</summary>
internal static class JsonInput
{
    /// <param name="json">UTF-8, one JSON value.</param>
    /// <param name="value">Null if a problem is returned.</param>
    public static Problem? Read<T>(ReadOnlySpan<byte> json, out T? value)
        where T : class, IRequestBody
    {
        value = null;
        try
        {
            value = JsonSerializer.Deserialize<T>(json, GatewayJson.Options);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string with half a surrogate pair.
            return Explain<T>(json, exception as JsonException);
        }

        if (value is null)
        {
            return NotAnObject();
        }

        if (value.Check() is not { } refusal)
        {
            return null;
        }

        value = null;
        return Problem.From(refusal);
    }

    private static Problem Explain<T>(ReadOnlySpan<byte> json, JsonException? exception)
    {
        HashSet<string> present;
        try
        {
            if (!TryReadNames(json, out present!, out var problem))
            {
                return problem;
            }
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return Malformed();
        }

        var known = GatewayJson.Options.GetTypeInfo(typeof(T)).Properties;
        if (present.FirstOrDefault(name => known.All(property => property.Name != name)) is { } unknown)
        {
            var named = unknown.Length <= GatewayLimits.MaxKeyLength ? unknown : unknown[..GatewayLimits.MaxKeyLength];
            return new Problem(StatusCodes.Status400BadRequest, GatewayCodes.UnknownField, "There is no such field.", named);
        }

        if (known.FirstOrDefault(property => property.IsRequired && !present.Contains(property.Name)) is { } missing)
        {
            return new Problem(StatusCodes.Status400BadRequest, GatewayCodes.MissingField, $"{missing.Name} is missing.", missing.Name);
        }

        var field = exception?.Path is { Length: > 2 } path ? path[2..] : null;
        return field is null
            ? Malformed()
            : new Problem(
                StatusCodes.Status400BadRequest,
                Contracts.RefusalCodes.InvalidField,
                $"{field} has the wrong type or is not one of its values.",
                field);
    }

    /// <summary>Names of the object's own fields, if the JSON is an object within the depth that is allowed.</summary>
    private static bool TryReadNames(
        ReadOnlySpan<byte> json,
        [NotNullWhen(true)] out HashSet<string>? names,
        [NotNullWhen(false)] out Problem? problem)
    {
        names = null;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = GatewayLimits.MaxBodyBytes });
        var found = new HashSet<string>(StringComparer.Ordinal);
        var first = true;
        while (reader.Read())
        {
            if (first && reader.TokenType != JsonTokenType.StartObject)
            {
                problem = NotAnObject();
                return false;
            }

            first = false;
            if (reader.CurrentDepth >= GatewayLimits.MaxJsonDepth)
            {
                problem = new Problem(
                    StatusCodes.Status400BadRequest,
                    GatewayCodes.JsonTooDeep,
                    "The JSON is nested too deep.",
                    Limit: $"at most {GatewayLimits.MaxJsonDepth} levels");
                return false;
            }

            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && !found.Add(reader.GetString()!))
            {
                problem = new Problem(
                    StatusCodes.Status400BadRequest, GatewayCodes.InvalidJson, "A field occurs twice.", reader.GetString());
                return false;
            }
        }

        names = found;
        problem = null;
        return true;
    }

    private static Problem Malformed() =>
        new(StatusCodes.Status400BadRequest, GatewayCodes.InvalidJson, "This is not well-formed JSON in UTF-8.");

    private static Problem NotAnObject() =>
        new(StatusCodes.Status400BadRequest, GatewayCodes.InvalidJson, "A JSON object is expected.");
}
