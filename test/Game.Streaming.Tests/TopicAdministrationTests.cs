using Game.LocalServers;
using Game.Streaming.Kafka;

namespace Game.Streaming.Tests;

public sealed class TopicAdministrationTests(KafkaFixture broker)
{
    [Fact]
    public async Task MissingTopics_AreMade_AndThoseThatDifferAreToldWithBothSides()
    {
        using var administration = new TopicAdministration(
            new KafkaOptions { BootstrapServers = (await broker.GetAsync()).BootstrapServers });
        var name = $"t{Guid.NewGuid():N}";
        var first = new TopicSpec(name, 3, 1, TimeSpan.FromHours(1));
        Assert.Empty(await administration.EnsureAsync([first, first.DeadLetters()]));
        Assert.Empty(await administration.EnsureAsync([first, first.DeadLetters()]));

        var differences = await administration.EnsureAsync(
            [first with { Partitions = 6, Retention = null }, new TopicSpec(name + "b", 1, 1, null)]);
        Assert.Equal(
            [
                $"Topic {name}: partitions is 3, the settings say 6.",
                $"Topic {name}: retention is 01:00:00, the settings say for ever.",
            ],
            differences.Select(difference => difference.ToString()));

        // Left as it was; and the one that was missing beside it was made.
        var found = await administration.DescribeAsync([name, name + "b", name + "c"]);
        Assert.Equal(first, found[name]);
        Assert.Equal([name, name + "b"], found.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task MoreReplicasThanBrokers_AreAnErrorThatMoreBrokersMend()
    {
        using var administration = new TopicAdministration(
            new KafkaOptions { BootstrapServers = (await broker.GetAsync()).BootstrapServers });
        var refused = await Assert.ThrowsAsync<TopicAdministrationException>(
            () => administration.EnsureAsync([new TopicSpec($"t{Guid.NewGuid():N}", 1, 3, null)]));
        Assert.False(refused.IsRefusal, refused.Message);
        Assert.Contains("topic t", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BrokersThatAreAway_AreAnError()
    {
        using var administration = new TopicAdministration(new KafkaOptions
        {
            BootstrapServers = $"127.0.0.1:{LocalPort.Free()}",
            RequestTimeout = TimeSpan.FromSeconds(1),
        });
        var away = await Assert.ThrowsAsync<TopicAdministrationException>(
            () => administration.EnsureAsync([new TopicSpec("any", 1, 1, null)]));
        Assert.False(away.IsRefusal);
    }
}
