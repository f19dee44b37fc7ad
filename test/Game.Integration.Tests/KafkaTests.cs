using Game.LocalServers;
using Game.Streaming.Kafka;
using Game.Streaming.Tests;

namespace Game.Integration.Tests;

/// <summary>The executable with Kafka, as the settings say.</summary>
public sealed class KafkaTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_start_makes_the_topics_and_tells_what_differs()
    {
        await using var kafka = await Servers.StartKafkaAsync();
        using var administration = new TopicAdministration(new KafkaOptions { BootstrapServers = kafka.BootstrapServers });
        await administration.MakeAsync([new TopicSpec("player_actions", 12, 1, TimeSpan.FromHours(1))], Cancelled);
        using var silo = WithKafka(kafka.BootstrapServers);
        silo.Environment["GAME__Kafka__Topics__GameLogs__PartitionsPerShard"] = "2";
        silo.Environment["GAME__Kafka__Topics__GameLogs__RetentionHours"] = "48";
        using var process = silo.Start();
        await process.ReadyAsync(Cancelled);
        await process.StopAsync();
        Assert.Equal(0, process.ExitCode);
        Assert.Contains("Topic player_actions: retention is 01:00:00, the settings say 7.00:00:00.", silo.Said());

        var topics = await administration.DescribeAsync(
            ["game_analytics", "player_actions", "server_metrics", "game_logs", "game_events", "game_events-dead-letters"]);
        Assert.Equal(6, topics.Count);
        Assert.Equal((6, TimeSpan.FromHours(48)), (topics["game_logs"].Partitions, topics["game_logs"].Retention));
        Assert.Equal((12, null), (topics["game_events"].Partitions, topics["game_events"].Retention));
    }

    [Fact]
    public async Task A_topic_with_too_few_partitions_is_refused()
    {
        await using var kafka = await Servers.StartKafkaAsync();
        using (var administration = new TopicAdministration(new KafkaOptions { BootstrapServers = kafka.BootstrapServers }))
        {
            await administration.MakeAsync([new TopicSpec("player_actions", 2, 1, null)], Cancelled);
        }

        using var silo = WithKafka(kafka.BootstrapServers);
        await RefusedAsync(silo, "topic player_actions has 2 partitions, and 3 shards need 12");
    }

    [Fact]
    public async Task Brokers_that_stay_away_are_waited_for_then_given_up()
    {
        using var silo = WithKafka($"127.0.0.1:{LocalPort.Free()}");
        silo.Environment["GAME__Kafka__WaitSeconds"] = "1";
        await RefusedAsync(silo, "Kafka at 127.0.0.1:");
    }

    [Fact]
    public async Task Wrong_settings_are_all_listed_with_their_paths_and_no_password()
    {
        using var silo = WithKafka("nowhere");
        silo.Environment["GAME__Kafka__Replication"] = "0";
        silo.Environment["GAME__Kafka__SaslMechanism"] = "NONE";
        silo.Environment["GAME__Kafka__Password"] = "hunter2";
        silo.Environment["GAME__Kafka__Topics__GameEvents__PartitionsPerShard"] = "0";
        silo.Environment["GAME__Router__Server"] = "no/such/queue";
        silo.Environment["GAME__Router__MaxSpoolMegabytes"] = "0";
        silo.Environment["GAME__Router__SendTimeoutSeconds"] = "61";
        await RefusedAsync(silo, "Kafka:BootstrapServers: must be host:port, or several parted by commas, not 'nowhere'.");
        Assert.Contains("Router:Server: must be 1 to 64 letters, digits and hyphens, not 'no/such/queue'.", silo.Said());
        Assert.Contains("Router:MaxSpoolMegabytes: must be 1 to 100000, not 0.", silo.Said());
        Assert.Contains("Router:SendTimeoutSeconds: must be 1 to 60, not 61.", silo.Said());
        Assert.Contains("Kafka:Replication: must be 1 to 9, not 0.", silo.Said());
        Assert.Contains("Kafka:SaslMechanism: must be one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, not 'NONE'.", silo.Said());
        Assert.Contains("Kafka:User: must be set with SaslMechanism.", silo.Said());
        Assert.Contains("Kafka:Topics:GameEvents:PartitionsPerShard: must be 1 to 64, not 0.", silo.Said());
        Assert.DoesNotContain("hunter2", silo.Said());
    }

    private static Silo WithKafka(string servers) => new()
    {
        Environment = { ["GAME__Kafka__BootstrapServers"] = servers, ["GAME__Kafka__Replication"] = "1" },
    };

    private static async Task RefusedAsync(Silo silo, string message)
    {
        using var process = silo.Start();
        await process.Exited.WaitAsync(TimeSpan.FromMinutes(5), Cancelled);
        Assert.Contains(message, silo.Said());
        Assert.DoesNotContain("   at ", silo.Said());
        Assert.NotEqual(0, process.ExitCode);
    }
}
