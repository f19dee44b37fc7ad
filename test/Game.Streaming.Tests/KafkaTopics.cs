using System.Diagnostics;
using Game.Streaming.Kafka;

namespace Game.Streaming.Tests;

/// <summary>Topics of a Kafka that has just been started.</summary>
internal static class KafkaTopics
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Makes topics, again while a broker that has just started, or that the controller has not heard of lately, does not count.</summary>
    /// <returns>What differs of topics that there were.</returns>
    /// <exception cref="TopicAdministrationException">The brokers refuse, or do not answer for three minutes.</exception>
    public static async Task<IReadOnlyList<TopicDifference>> MakeAsync(
        this TopicAdministration administration, IReadOnlyCollection<TopicSpec> topics, CancellationToken cancellationToken = default)
    {
        for (var started = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                return await administration.EnsureAsync(topics);
            }
            catch (TopicAdministrationException exception) when (!exception.IsRefusal && Stopwatch.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(100, cancellationToken);
            }
        }
    }
}
