using System.Globalization;
using Game.Domain.Analytics.Windows;
using Game.Gateway.Http;

namespace Game.Gateway.Analytics;

/// <summary>
/// Which time, resolution, shards and generation are asked about. <paramref name="Generation"/>: null: the one that each shard shows.
/// </summary>
internal sealed record AnalyticsQuery(
    Resolution Resolution, long From, long To, IReadOnlyList<string> Shards, int? Generation)
{
    /// <summary>Most panes of one answer.</summary>
    public const int MaxPanes = 1_500;

    private const int DefaultPanes = 60;

    /// <param name="from">RFC 3339; default: an hour of minutes, 60 hours or 60 days before <paramref name="to"/>.</param>
    /// <param name="to">RFC 3339, exclusive; default: now, with the pane that runs.</param>
    /// <param name="resolution">minute, hour or day.</param>
    /// <param name="shard">One of those served; null: all of them.</param>
    /// <param name="generation">Default: the one that is shown.</param>
    public static Problem? Read(
        string? from,
        string? to,
        string? resolution,
        string? shard,
        QueryNumber? generation,
        DateTimeOffset now,
        ShardRouter shards,
        out AnalyticsQuery query)
    {
        query = null!;
        if (!TryReadResolution(resolution, out var panes))
        {
            return Problem.Invalid("resolution", "minute, hour or day");
        }

        if (shard is not null && !shards.Serves(shard))
        {
            return Problem.Invalid("shard", $"one of {string.Join(", ", shards.All)}");
        }

        if (QueryNumber.Read(generation, "generation", 1, int.MaxValue, 1, out var number) is { } badGeneration)
        {
            return badGeneration;
        }

        var pane = Resolutions.PaneOf(panes);
        if (!TryReadTime(to, now, out var until))
        {
            return Problem.Invalid("to", "a time as in 2026-03-01T12:00:00Z");
        }

        var end = Resolutions.Floor(until, pane);
        end = end < until || to is null ? end + pane : end;
        if (!TryReadTime(from, Resolutions.TimeOf(end - (DefaultPanes * pane)), out var since))
        {
            return Problem.Invalid("from", "a time as in 2026-03-01T12:00:00Z");
        }

        var start = Resolutions.Floor(since, pane);
        if (start >= end || (end - start) / pane > MaxPanes)
        {
            return Problem.Invalid("from", $"before to, by at most {MaxPanes} {panes.ToString().ToLowerInvariant()}s");
        }

        query = new AnalyticsQuery(panes, start, end, shard is null ? shards.All : [shard], generation is null ? null : (int)number);
        return null;
    }

    private static bool TryReadResolution(string? text, out Resolution resolution)
    {
        resolution = text switch
        {
            "hour" => Resolution.Hour,
            "day" => Resolution.Day,
            _ => Resolution.Minute,
        };
        return text is null or "minute" or "hour" or "day";
    }

    private static bool TryReadTime(string? text, DateTimeOffset otherwise, out long minute)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        var at = otherwise;
        var read = text is null || DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out at);
        read &= at.Year is >= 1971 and <= 9000;
        minute = read ? Resolutions.MinuteOf(at) : 0;
        return read;
    }
}
