using System.Collections.Concurrent;

namespace Game.Streaming.Host.Tests.Suite;

/// <summary>What a grain is to do with its events, by key.</summary>
public sealed record Plan(bool Fails = false, string? Gate = null)
{
    private static readonly ConcurrentDictionary<string, Plan> All = new();

    public static Plan Of(string key) => All.GetOrAdd(key, static _ => new Plan());

    public static void Set(string key, Plan plan) => All[key] = plan;
}
