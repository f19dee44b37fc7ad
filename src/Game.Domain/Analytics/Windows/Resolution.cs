namespace Game.Domain.Analytics.Windows;

/// <summary>How long panes are. A hopping window is a run of them: the hop is one pane, the length any number.</summary>
public enum Resolution
{
    Minute,
    Hour,
    Day,
}

/// <summary>Lengths and bounds, in minutes since 1970.</summary>
public static class Resolutions
{
    public static IReadOnlyList<Resolution> All { get; } = [Resolution.Minute, Resolution.Hour, Resolution.Day];

    /// <summary>Minutes of a pane.</summary>
    public static long PaneOf(Resolution resolution) => resolution switch
    {
        Resolution.Minute => 1,
        Resolution.Hour => 60,
        Resolution.Day => 24 * 60,
        _ => throw new ArgumentOutOfRangeException(nameof(resolution), resolution, null),
    };

    /// <summary>Minutes of what one window grain holds: an hour of minutes, a day of hours, thirty days of days.</summary>
    public static long SpanOf(Resolution resolution) => resolution switch
    {
        Resolution.Minute => 60,
        Resolution.Hour => 24 * 60,
        Resolution.Day => 30 * 24 * 60,
        _ => throw new ArgumentOutOfRangeException(nameof(resolution), resolution, null),
    };

    public static long MinuteOf(DateTimeOffset at) => Floor(at.ToUnixTimeSeconds(), 60) / 60;

    public static DateTimeOffset TimeOf(long minute) => DateTimeOffset.FromUnixTimeSeconds(minute * 60);

    /// <summary>The greatest multiple of <paramref name="length"/> that is not above the value.</summary>
    public static long Floor(long value, long length) => value - (((value % length) + length) % length);
}

/// <summary>Which windows: of one generation, processor and resolution, over the span that begins at a minute.</summary>
public readonly record struct WindowKey(int Generation, string Processor, Resolution Resolution, long Span)
{
    public static WindowKey Of(int generation, string processor, Resolution resolution, long minute) =>
        new(generation, processor, resolution, Resolutions.Floor(minute, Resolutions.SpanOf(resolution)));

    /// <summary>The grain's key, for example <c>1.balance.hour.202603010000</c>.</summary>
    public override string ToString() =>
        $"{Generation}.{Processor}.{Resolution.ToString().ToLowerInvariant()}.{Resolutions.TimeOf(Span):yyyyMMddHHmm}";
}
