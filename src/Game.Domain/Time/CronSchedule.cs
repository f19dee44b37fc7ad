using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;

namespace Game.Domain.Time;

/// <summary>
/// A cron expression of five fields in UTC: minute (0–59), hour (0–23), day of month (1–31), month (1–12 or JAN–DEC), day of
/// week (0–7 or SUN–SAT, 0 and 7 are Sunday). A field is <c>*</c>, a number, a range <c>a-b</c>, either with a step
/// <c>/n</c>, or a list of those. Immutable.
/// </summary>
/// <remarks>
/// After crontab(5) of Vixie cron: if neither day field begins with <c>*</c>, a day matches that either of them names;
/// otherwise both must match.
/// </remarks>
public sealed class CronSchedule
{
    // The Gregorian calendar, weekdays included, repeats after so many years: what has not come by then never does.
    private const int CalendarCycleYears = 400;

    private static readonly string[] Months =
        ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

    private static readonly string[] Weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private readonly string _expression;
    private readonly ulong _minutes;
    private readonly ulong _hours;
    private readonly ulong _days;
    private readonly ulong _months;
    private readonly ulong _weekdays;
    private readonly bool _eitherDay;

    private CronSchedule(string expression, string[] fields)
    {
        _expression = expression;
        _minutes = ParseField(fields[0], 0, 59, []);
        _hours = ParseField(fields[1], 0, 23, []);
        _days = ParseField(fields[2], 1, 31, []);
        _months = ParseField(fields[3], 1, 12, Months);
        var weekdays = ParseField(fields[4], 0, 7, Weekdays);
        _weekdays = (weekdays | (weekdays >> 7)) & 0x7F;
        _eitherDay = !fields[2].StartsWith('*') && !fields[4].StartsWith('*');
    }

    /// <exception cref="FormatException">Not a cron expression, with the field that is wrong; or one that never comes.</exception>
    public static CronSchedule Parse(string expression)
    {
        var fields = expression.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (fields.Length != 5)
        {
            throw new FormatException($"A cron expression has 5 fields, not {fields.Length}: '{expression}'.");
        }

        var schedule = new CronSchedule(expression, fields);
        return schedule.Next(DateTimeOffset.UnixEpoch) is null
            ? throw new FormatException($"The cron expression '{expression}' names a day that never comes.")
            : schedule;
    }

    public static bool TryParse(string expression, [NotNullWhen(true)] out CronSchedule? schedule, [NotNullWhen(false)] out string? error)
    {
        try
        {
            schedule = Parse(expression);
            error = null;
            return true;
        }
        catch (FormatException exception)
        {
            schedule = null;
            error = exception.Message;
            return false;
        }
    }

    /// <summary>The first matching minute later than <paramref name="after"/>, in UTC; null if there is none up to the year 9999.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        var from = after.UtcDateTime;
        var day = from.Date;
        var minute = (from.Hour * 60) + from.Minute + 1;
        var lastYear = Math.Min(day.Year + CalendarCycleYears, DateTime.MaxValue.Year);
        while (true)
        {
            if (Has(_months, day.Month) && MatchesDay(day) && NextTime(minute) is { } time)
            {
                return new DateTimeOffset(day.AddMinutes(time), TimeSpan.Zero);
            }

            var next = Has(_months, day.Month) ? (day.Year, day.Month, Day: day.Day + 1) : (day.Year, Month: day.Month + 1, Day: 1);
            if (next.Day > DateTime.DaysInMonth(next.Year, Math.Min(next.Month, 12)))
            {
                next = (next.Year, next.Month + 1, 1);
            }

            if (next.Month > 12)
            {
                next = (next.Year + 1, 1, 1);
            }

            if (next.Year > lastYear)
            {
                return null;
            }

            day = new DateTime(next.Year, next.Month, next.Day, 0, 0, 0, DateTimeKind.Utc);
            minute = 0;
        }
    }

    public override string ToString() => _expression;

    private static bool Has(ulong set, int value) => (set & (1UL << value)) != 0;

    private bool MatchesDay(DateTime day)
    {
        var inMonth = Has(_days, day.Day);
        var inWeek = Has(_weekdays, (int)day.DayOfWeek);
        return _eitherDay ? inMonth || inWeek : inMonth && inWeek;
    }

    /// <summary>The first matching minute of the day from <paramref name="minute"/> on.</summary>
    private int? NextTime(int minute)
    {
        var hour = minute / 60;
        if (hour < 24 && Has(_hours, hour) && FirstFrom(_minutes, minute % 60) is { } sameHour)
        {
            return (hour * 60) + sameHour;
        }

        return FirstFrom(_hours, hour + 1) is { } later ? (later * 60) + BitOperations.TrailingZeroCount(_minutes) : null;
    }

    private static int? FirstFrom(ulong set, int value)
    {
        var rest = set & (ulong.MaxValue << value);
        return rest == 0 ? null : BitOperations.TrailingZeroCount(rest);
    }

    private static ulong ParseField(string field, int min, int max, string[] names)
    {
        ulong set = 0;
        foreach (var item in field.Split(','))
        {
            var (range, step) = item.Split('/') switch
            {
                [var whole] => (whole, 1),
                [var whole, var every] => (whole, ParseNumber(every, 1, max + 1, [], field)),
                _ => throw new FormatException($"The cron field '{field}' has more than one step in '{item}'."),
            };
            var (first, last) = range.Split('-') switch
            {
                ["*"] => (min, names == Weekdays ? max - 1 : max),
                [var one] when item.Contains('/') => (ParseNumber(one, min, max, names, field), max),
                [var one] => (ParseNumber(one, min, max, names, field), ParseNumber(one, min, max, names, field)),
                [var low, var high] => (ParseNumber(low, min, max, names, field), ParseNumber(high, min, max, names, field)),
                _ => throw new FormatException($"The cron field '{field}' has no range in '{item}'."),
            };
            if (last < first)
            {
                throw new FormatException($"The cron field '{field}' has a range that runs backwards: '{item}'.");
            }

            for (var value = first; value <= last; value += step)
            {
                set |= 1UL << value;
            }
        }

        return set;
    }

    private static int ParseNumber(string text, int min, int max, string[] names, string field)
    {
        var name = Array.FindIndex(names, n => n.Equals(text, StringComparison.OrdinalIgnoreCase));
        if (name >= 0)
        {
            return name + min;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new FormatException($"The cron field '{field}' has '{text}' where a number from {min} to {max} belongs.");
    }
}
