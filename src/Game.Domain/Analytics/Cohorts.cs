using System.Globalization;
using Game.Contracts.Identity;

namespace Game.Domain.Analytics;

/// <summary>When a player came to the game. An id carries that in its ULID, so it needs no look-up. Text: <c>yyyy-MM-dd</c>, UTC.</summary>
public static class Cohorts
{
    /// <summary>Cohorts older than this many days count as one.</summary>
    public const int Days = 31;

    public const string Older = "older";

    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int TimeCharacters = 10;
    private const long DayMillis = 24 * 60 * 60 * 1000;

    /// <summary>The day a well-formed id was made, in days since 1970.</summary>
    public static long DayOf(string id)
    {
        var time = 0L;
        foreach (var c in id.AsSpan(id.Length - Ulid.Length, TimeCharacters))
        {
            time = (time << 5) | (uint)Alphabet.IndexOf(c, StringComparison.Ordinal);
        }

        return time / DayMillis;
    }

    /// <summary>The player's cohort as seen at a time (Unix milliseconds): its day, or <see cref="Older"/>.</summary>
    public static string Of(string player, long at)
    {
        var day = DayOf(player);
        return (at / DayMillis) - day > Days ? Older : NameOf(day);
    }

    /// <summary>The player's cohort by month, <c>yyyy-MM</c>.</summary>
    public static string MonthOf(string player) => DateOf(DayOf(player)).ToString("yyyy-MM", CultureInfo.InvariantCulture);

    public static string NameOf(long day) => DateOf(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    // A ULID's 48 bits reach beyond the year 9999.
    private static DateTime DateOf(long day) => DateTime.UnixEpoch.AddDays(Math.Min(day, 2_932_896));
}
