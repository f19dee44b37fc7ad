using System.Reflection;
using Game.Contracts.Leaderboards;
using Game.Contracts.Presence;
using Game.Grains;
using Game.Grains.Broadcast;
using Game.Grains.EventSourcing;

namespace Game.Contracts.Tests;

/// <summary>What leaves a shard and what a shard does on it are two tables; here they are held against each other.</summary>
public sealed class ReceiverTests
{
    private const string Elsewhere = "s02";

    /// <summary>Published past the log, see architecture.md.</summary>
    private static readonly Type[] Digests = [typeof(PresenceDigested), typeof(BoardDigested)];

    [Fact]
    public async Task EveryRoutedEvent_HasAReceiver_AndEveryReceiverAnEventThatIsRouted()
    {
        var types = EventCodec.ForGame().Types.Values.Select(known => known.Type).ToList();
        Assert.NotEmpty(types);
        var wrong = new List<string>();
        foreach (var type in types)
        {
            var isSent = BroadcastRoutes.RouteOf(type) is not null || Digests.Contains(type);
            if (isSent != await IsReceivedAsync(type))
            {
                wrong.Add(isSent ? $"{type.Name} is sent, and nobody receives it" : $"{type.Name} has a receiver, and is never sent");
            }
        }

        Assert.Empty(wrong);
    }

    private static async Task<bool> IsReceivedAsync(Type type)
    {
        var rules = new InboxRules(DispatchProxy.Create<IGrainFactory, NoGrains>(), new ShardIdentity("s01", ["s01", Elsewhere]));
        try
        {
            await rules.HandleAsync("s02/1/0", Elsewhere, "sample/s02.01HZX3J9T8W6Y5V4R3Q2P1N0M7", (GameEvent)Samples.Of(type));
            return true;
        }
        catch (NotSupportedException exception) when (exception.Message.StartsWith("No rule for", StringComparison.Ordinal))
        {
            return false;
        }
        catch (Exception exception) when (exception is GrainAskedException or FormatException or ArgumentException)
        {
            // A rule took it, and asked for a grain, or did not like what a sample says.
            return true;
        }
    }

    private sealed class GrainAskedException : Exception;

    /// <summary>A silo whose grains cannot be had.</summary>
    internal class NoGrains : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => throw new GrainAskedException();
    }
}
