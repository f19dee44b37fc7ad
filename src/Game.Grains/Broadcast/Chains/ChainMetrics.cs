using System.Diagnostics.Metrics;

namespace Game.Grains.Broadcast.Chains;

/// <summary>What is counted of chains, over all shards of the process. Safe for concurrent use.</summary>
internal static class ChainMetrics
{
    private static readonly Meter Meter = new("Game.Broadcast.Chains");

    private static readonly Counter<long> Gaps =
        Meter.CreateCounter<long>("broadcast.gaps", "{gap}", "Times that a message of a source was missing.");

    private static readonly Counter<long> Healed =
        Meter.CreateCounter<long>("broadcast.gaps.healed", "{gap}", "Gaps that were closed by sending again.");

    private static readonly Counter<long> Judged =
        Meter.CreateCounter<long>("broadcast.chain.judged", "{message}", "Messages by what was to be done with them.");

    private static readonly Counter<long> Sent =
        Meter.CreateCounter<long>("broadcast.resent", "{message}", "Messages that were sent again to a shard that missed them.");

    private static readonly Counter<long> Behind =
        Meter.CreateCounter<long>("broadcast.log.behind", "{answer}", "Times that a shard had heard more of this log than it holds.");

    public static void GapSeen(string route) => Gaps.Add(1, new KeyValuePair<string, object?>("route", route));

    public static void GapHealed(string route) => Healed.Add(1, new KeyValuePair<string, object?>("route", route));

    /// <param name="route">The exchange.</param>
    /// <param name="verdict"><c>repeated</c> or <c>early</c>: what is next is not counted here.</param>
    public static void SetAside(string route, string verdict) => Judged.Add(1, new("route", route), new("verdict", verdict));

    public static void Resent(string route) => Sent.Add(1, new KeyValuePair<string, object?>("route", route));

    public static void LogBehind(string route) => Behind.Add(1, new KeyValuePair<string, object?>("route", route));
}
