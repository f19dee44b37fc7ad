using System.Globalization;

namespace Game.Gateway.Http;

/// <summary>A whole number in the query. Never fails to parse: what is wrong with it is told with the parameter's name.</summary>
internal readonly record struct QueryNumber(long Value, bool Malformed)
{
    public static bool TryParse(string? text, IFormatProvider? provider, out QueryNumber number)
    {
        if (text is null)
        {
            // It is not there: an optional parameter has no number then.
            number = default;
            return false;
        }

        var parsed = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value);
        number = new QueryNumber(value, !parsed);
        return true;
    }

    /// <summary>The number of an optional parameter, or what is wrong with it.</summary>
    public static Problem? Read(QueryNumber? given, string name, long least, long most, long otherwise, out long value)
    {
        value = given?.Value ?? otherwise;
        return given is { Malformed: true } || value < least || value > most
            ? Problem.Invalid(name, string.Create(CultureInfo.InvariantCulture, $"{least} to {most}"))
            : null;
    }
}
