using System.Globalization;

namespace Game.Gateway.Http;

/// <summary>One page of a list and where the next one begins; null at the end.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>Which page of a list is asked for.</summary>
/// <param name="Count">Items asked for.</param>
/// <param name="After">Key of the last item of the page before; null for the first page.</param>
internal readonly record struct PageRequest(int Count, string? After)
{
    /// <summary>One more than the page holds, which tells whether another page follows.</summary>
    public int CountAndOne => Count + 1;

    /// <summary><see cref="After"/> of a list that is keyed by numbers; 0 for the first page.</summary>
    public long AfterNumber => After is null ? 0 : long.Parse(After, CultureInfo.InvariantCulture);

    /// <param name="list">The list's name: a cursor of another list is refused.</param>
    /// <param name="limit">The query's limit.</param>
    /// <param name="cursor">The query's cursor.</param>
    /// <param name="isKey">Whether a text is a key of this list.</param>
    /// <param name="page">What is asked for, unless a problem is returned.</param>
    public static Problem? Read(string list, QueryNumber? limit, string? cursor, Func<string, bool> isKey, out PageRequest page)
    {
        var problem = ReadLimit(limit, out var count);
        string? after = null;
        if (cursor is not null && problem is null)
        {
            after = Cursor.Read(list, cursor);
            problem = after is null || !isKey(after) ? Cursor.Malformed() : null;
        }

        page = new PageRequest(count, after);
        return problem;
    }

    /// <summary>The same for a list that is keyed by numbers from 1.</summary>
    public static Problem? ReadNumbered(string list, QueryNumber? limit, string? cursor, out PageRequest page) => Read(
        list,
        limit,
        cursor,
        key => long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0,
        out page);

    public static Problem? ReadLimit(QueryNumber? limit, out int count)
    {
        var problem = QueryNumber.Read(limit, "limit", 1, GatewayLimits.MaxPageSize, GatewayLimits.DefaultPageSize, out var value);
        count = (int)value;
        return problem;
    }

    /// <summary>Makes the page of what was found when asked for <see cref="CountAndOne"/>.</summary>
    public Page<T> Of<T>(string list, IReadOnlyList<T> found, Func<T, string> key) => found.Count <= Count
        ? new Page<T>(found, null)
        : new Page<T>([.. found.Take(Count)], Cursor.Write(list, key(found[Count - 1])));
}
