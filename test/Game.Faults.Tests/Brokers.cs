using Game.Contracts.Identity;
using Game.Grains.Broadcast.Chains;
using Game.LocalServers;
using RabbitMQ.Client;
using Xunit;

namespace Game.Faults.Tests;

/// <summary>Starts brokers and shards for a test, and ends them.</summary>
internal static class Brokers
{
    public static async Task<RabbitMqServer> StartAsync() => await OrSkipAsync(() => RabbitMqServer.StartAsync(TestContext.Current.CancellationToken));

    public static async Task<RabbitMqCluster> StartClusterAsync() =>
        await OrSkipAsync(() => RabbitMqCluster.StartAsync(3, TestContext.Current.CancellationToken));

    public static async Task<IReadOnlyList<Shard>> StartShardsAsync(int count, IReadOnlyList<Uri> brokers)
    {
        IReadOnlyList<string> names = [.. Enumerable.Range(1, count).Select(ShardId.Numbered)];
        var shards = names.Select(name => new Shard(name, names, brokers)).ToList();

        // Of shards that start together all declare before the first one sends.
        await Task.WhenAll(shards.Select(shard => shard.StartAsync(TestContext.Current.CancellationToken)));
        return shards;
    }

    /// <summary>Waits until every shard follows every other: from then on nothing is missed unseen.</summary>
    public static async Task FollowedAsync(IReadOnlyList<Shard> shards)
    {
        var deadline = DateTime.UtcNow.AddSeconds(60);
        foreach (var shard in shards)
        {
            foreach (var source in shards)
            {
                while (await shard.Store.ReadCursorAsync(Resync.KnownCursorOf(source.Name), TestContext.Current.CancellationToken) == 0)
                {
                    Assert.True(DateTime.UtcNow < deadline, $"{shard.Name} does not follow {source.Name}.");
                    await Task.Delay(50, TestContext.Current.CancellationToken);
                }
            }
        }
    }

    public static async Task MeddleAsync(Uri broker, Func<IChannel, Task> meddle)
    {
        await using var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync(TestContext.Current.CancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken);
        await meddle(channel);
    }

    private static async Task<T> OrSkipAsync<T>(Func<Task<T>> start)
    {
        try
        {
            return await start();
        }
        catch (ServerMissingException missing) when (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Skip(missing.Message);
            throw;
        }
    }
}
