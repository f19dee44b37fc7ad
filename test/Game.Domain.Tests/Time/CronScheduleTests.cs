using FsCheck;
using FsCheck.Fluent;
using Game.Domain.Time;

namespace Game.Domain.Tests.Time;

public sealed class CronScheduleTests
{
    private static readonly DateTimeOffset Epoch = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("* * * * *", "2026-07-14T10:20:30Z", "2026-07-14T10:21:00Z")]
    [InlineData("0 0 * * *", "2026-07-14T00:00:00Z", "2026-07-15T00:00:00Z")]
    [InlineData("0 0 * * MON", "2026-07-14T00:00:00Z", "2026-07-20T00:00:00Z")]
    [InlineData("30 4 1 * *", "2026-12-01T04:30:00Z", "2027-01-01T04:30:00Z")]
    [InlineData("0 12 29 2 *", "2096-03-01T00:00:00Z", "2104-02-29T12:00:00Z")]
    [InlineData("15,45 8-10/2 * jan-mar *", "2026-03-31T10:45:00Z", "2027-01-01T08:15:00Z")]
    [InlineData("0 0 * * 7", "2026-07-14T00:00:00Z", "2026-07-19T00:00:00Z")]
    [InlineData("5/20 0 * * *", "2026-07-14T00:05:00Z", "2026-07-14T00:25:00Z")]
    [InlineData("0 22-2 * * *", "2026-07-15T00:30:00Z", "2026-07-15T01:00:00Z")]
    [InlineData("0 22-2 * * *", "2026-07-15T02:30:00Z", "2026-07-15T22:00:00Z")]
    [InlineData("0 0 L * *", "2026-07-14T00:00:00Z", "2026-07-31T00:00:00Z")]
    [InlineData("0 0 * * FRI#2", "2026-07-14T00:00:00Z", "2026-08-14T00:00:00Z")]
    public void Next_GivesTheFirstMatchLater(string expression, string after, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected), CronSchedule.Parse(expression).Next(DateTimeOffset.Parse(after)));

    [Fact]
    public void Next_FromAnotherOffset_AnswersInUtc() =>
        Assert.Equal(
            new DateTimeOffset(2026, 7, 15, 0, 0, 0, TimeSpan.Zero),
            CronSchedule.Parse("0 0 * * *").Next(new DateTimeOffset(2026, 7, 15, 1, 0, 0, TimeSpan.FromHours(2))));

    [Fact]
    public void Next_AtTheEndOfTime_IsNull() =>
        Assert.Null(CronSchedule.Parse("0 0 1 1 *").Next(new DateTimeOffset(9999, 6, 1, 0, 0, 0, TimeSpan.Zero)));

    [Theory]
    [InlineData("")]
    [InlineData("* * * *")]
    [InlineData("* * * * * *")]
    [InlineData("60 * * * *")]
    [InlineData("* 24 * * *")]
    [InlineData("* * 0 * *")]
    [InlineData("* * 32 * *")]
    [InlineData("* * * 13 *")]
    [InlineData("* * * * 8")]
    [InlineData("* * * FOO *")]
    [InlineData("MON * * * *")]
    [InlineData("*,5 * * * *")]
    [InlineData("1-2-3 * * * *")]
    [InlineData("*/0 * * * *")]
    [InlineData("*/2/3 * * * *")]
    [InlineData(",1 * * * *")]
    [InlineData("-1 * * * *")]
    [InlineData("0 0 30 2 *")]
    [InlineData("0 0 13 * 5")]
    [InlineData("0 0 */13 * 5")]
    [InlineData("@daily")]
    public void TryParse_WhenWrong_SaysWhy(string expression)
    {
        Assert.False(CronSchedule.TryParse(expression, out _, out var error));
        Assert.NotEmpty(error);
        Assert.Throws<FormatException>(() => CronSchedule.Parse(expression));
    }

    /// <summary>Cronos would take both together for "and", crontab(5) for "or": nobody should have to guess.</summary>
    [Fact]
    public void TryParse_WhenBothDayFieldsAreRestricted_NamesBoth()
    {
        Assert.False(CronSchedule.TryParse("0 0 13 * FRI", out _, out var error));
        Assert.Equal("The cron expression '0 0 13 * FRI' names days of the month ('13') and of the week ('FRI'): one of the two must be *.", error);
    }

    [Theory]
    [InlineData("60 * * * *", "60")]
    [InlineData("* * * FOO *", "Months")]
    [InlineData("* * * * 8", "Days of week")]
    public void TryParse_WhenAFieldIsWrong_QuotesTheExpression_AndSaysWhichOrWhat(string expression, string why)
    {
        Assert.False(CronSchedule.TryParse(expression, out _, out var error));
        Assert.StartsWith($"The cron expression '{expression}' cannot be understood: ", error, StringComparison.Ordinal);
        Assert.Contains(why, error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Next_AnySchedule_IsTheFirstMinuteThatMatchesFieldByField()
    {
        var gen =
            from minute in Field(0, 59)
            from hour in Field(0, 23)
            from day in Field(1, 31)
            from month in Field(1, 12)
            from weekday in day.Text == "*" ? Field(0, 7) : Gen.Constant(Item("*", 0, 7, 1))
            from start in Gen.Choose(0, 60 * 24 * 365)
            select (Fields: new[] { minute, hour, day, month, weekday }, After: Epoch.AddMinutes(start));
        var property = Prop.ForAll(Arb.From(gen), sample =>
        {
            var (fields, after) = sample;
            var expected = BruteForce(fields, after, days: 400);
            var expression = string.Join(' ', fields.Select(f => f.Text));
            if (!CronSchedule.TryParse(expression, out var schedule, out _))
            {
                return expected is null;
            }

            var next = schedule.Next(after);
            return expected is null ? next > after.AddDays(399) : next == expected;
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), property);
    }

    /// <summary>A field and what it means, made independently of the parser.</summary>
    private sealed record CronField(string Text, HashSet<int> Values);

    private static Gen<CronField> Field(int min, int max)
    {
        var star = Gen.Frequency(
            (4, Gen.Constant(Item("*", min, max, 1))),
            (1, from step in Gen.Choose(1, max) select Item($"*/{step}", min, max, step)));
        var item = Gen.Frequency(
            (3, from value in Gen.Choose(min, max) select Item($"{value}", value, value, 1)),
            (2, from low in Gen.Choose(min, max)
                from high in Gen.Choose(low, max)
                from step in Gen.Choose(1, 4)
                select Item(step == 1 ? $"{low}-{high}" : $"{low}-{high}/{step}", low, high, step)));
        var list = from items in Gen.Choose(1, 3).SelectMany(n => Gen.ListOf(item, n))
                   select new CronField(string.Join(',', items.Select(i => i.Text)), [.. items.SelectMany(i => i.Values)]);
        return Gen.OneOf(star, list);
    }

    private static CronField Item(string text, int low, int high, int step) =>
        new(text, [.. Enumerable.Range(low, high - low + 1).Where(v => (v - low) % step == 0)]);

    private static DateTimeOffset? BruteForce(CronField[] fields, DateTimeOffset after, int days)
    {
        for (var minute = after.AddMinutes(1); minute < after.AddDays(days); minute = minute.AddMinutes(1))
        {
            var inMonth = fields[2].Values.Contains(minute.Day);
            var weekday = (int)minute.DayOfWeek;
            var inWeek = fields[4].Values.Contains(weekday) || (weekday == 0 && fields[4].Values.Contains(7));
            if (fields[0].Values.Contains(minute.Minute)
                && fields[1].Values.Contains(minute.Hour)
                && fields[3].Values.Contains(minute.Month)
                && inMonth && inWeek)
            {
                return minute;
            }
        }

        return null;
    }
}
