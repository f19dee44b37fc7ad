using System.Diagnostics.CodeAnalysis;
using Cronos;

namespace Game.Domain.Time;

/// <summary>
/// A cron expression of five fields in UTC: minute (0–59), hour (0–23), day of month (1–31), month (1–12 or JAN–DEC), day of
/// week (0–7 or SUN–SAT, 0 and 7 are Sunday). A field is <c>*</c> or a list of numbers and ranges <c>a-b</c>, which may run
/// over the end (<c>22-2</c>), all with a step <c>/n</c> if wanted; the day fields also know <c>L</c>, <c>W</c> and <c>#</c>
/// (the library Cronos). Immutable.
/// </summary>
/// <remarks>
/// One of the two day fields must be <c>*</c>: what both together mean, the one library takes for "and", crontab(5) for "or".
/// </remarks>
public sealed class CronSchedule
{
    private const int Fields = 5;
    private const int DayOfMonth = 2;
    private const int DayOfWeek = 4;

    private readonly string _text;
    private readonly CronExpression _expression;

    private CronSchedule(string text, CronExpression expression)
    {
        _text = text;
        _expression = expression;
    }

    /// <exception cref="FormatException">Not a cron expression, with the field that is wrong; or one that never comes.</exception>
    public static CronSchedule Parse(string expression)
    {
        var fields = expression.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != Fields)
        {
            throw new FormatException($"A cron expression has {Fields} fields, not {fields.Length}: '{expression}'.");
        }

        if (fields[DayOfMonth] is not ("*" or "?") && fields[DayOfWeek] is not ("*" or "?"))
        {
            throw new FormatException(
                $"The cron expression '{expression}' names days of the month ('{fields[DayOfMonth]}') and of the week ('{fields[DayOfWeek]}'): one of the two must be *.");
        }

        CronExpression parsed;
        try
        {
            parsed = CronExpression.Parse(expression);
        }
        catch (CronFormatException exception)
        {
            throw new FormatException($"The cron expression '{expression}' cannot be understood: {exception.Message}", exception);
        }

        var schedule = new CronSchedule(expression, parsed);
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

    /// <summary>The first matching minute later than <paramref name="after"/>, in UTC; null if there is none up to the library's last year.</summary>
    public DateTimeOffset? Next(DateTimeOffset after) => _expression.GetNextOccurrence(after.UtcDateTime) is { } next
        ? new DateTimeOffset(next, TimeSpan.Zero)
        : null;

    public override string ToString() => _text;
}
