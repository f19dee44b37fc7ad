using Game.Cli.Play;
using Game.Cli.Run;
using Game.Client;
using Game.LocalServers;

namespace Game.Integration.Tests;

/// <summary>
/// One game in several processes that meet on a broker: a war over all of them, one process more while they run, and the same
/// again after a restart. Everything confirmed to a bot is compared with what the processes hold together.
/// </summary>
public sealed class BrokerTests(ITestOutputHelper output)
{
    private const int Bots = 10;

    private readonly List<(Silo Silo, SiloProcess Process, Addresses Addresses)> _processes = [];

    [Fact]
    public async Task Shards_of_several_processes_fight_one_war_and_one_added_later_fights_the_next()
    {
        await using var broker = await Servers.StartRabbitMqAsync();
        var key = Path.GetTempFileName();
        File.Delete(key);
        try
        {
            await Task.WhenAll(StartAsync(broker, key, 3, "s01", "s02"), StartAsync(broker, key, 3, "s03"));
            Assert.Equal(3, await FightAsync());

            // Two a process, however many shards it runs.
            await ConnectedAsync(broker, 4);

            // The others are told nothing, and go on running.
            await StartAsync(broker, key, 4, "s04");
            Assert.Equal(4, await FightAsync());
            await ConnectedAsync(broker, 6);

            // What they have learned they know after a restart, of themselves and of the broker.
            await StopAsync();
            await broker.StopAsync();
            await broker.RestartAsync(TestContext.Current.CancellationToken);
            await Task.WhenAll(_processes.ToArray().Select(RestartAsync));
            Assert.Equal(4, await FightAsync());
            await StopAsync();
        }
        finally
        {
            foreach (var (silo, process, _) in _processes)
            {
                if (!process.HasExited)
                {
                    await process.KillAsync();
                }

                process.Dispose();
                silo.Dispose();
            }

            File.Delete(key);
        }
    }

    /// <summary>Waits until the broker has so many connections: one that missed its heartbeats on a busy machine is making another.</summary>
    private static async Task ConnectedAsync(RabbitMqServer broker, int connections)
    {
        var retry = new Retry(TimeSpan.FromMinutes(3));
        while ((await broker.ListConnectionsAsync(TestContext.Current.CancellationToken)).Count is var count && count != connections)
        {
            Assert.True(await retry.WaitAsync(null, TestContext.Current.CancellationToken), $"The broker has {count} connections, not {connections}.");
        }
    }

    private async Task StartAsync(RabbitMqServer broker, string key, int known, params string[] shards)
    {
        var silo = new Silo();
        silo.Environment["GAME__RabbitMq__Uri"] = broker.Address.ToString();
        silo.Environment["GAME__Gateway__Tokens__KeyFile"] = key;
        silo.Environment["GAME__ShardCount"] = $"{known}";
        for (var i = 0; i < shards.Length; i++)
        {
            silo.Environment[$"GAME__Shards__{i}"] = shards[i];
        }

        var process = Start(silo);
        var addresses = await process.ReadyAsync(TestContext.Current.CancellationToken);
        lock (_processes)
        {
            _processes.Add((silo, process, addresses));
        }
    }

    private static SiloProcess Start(Silo silo) =>
        silo.Start("--profile", "brokers", "--shards", silo.Environment["GAME__ShardCount"]);

    private async Task RestartAsync((Silo Silo, SiloProcess Process, Addresses Addresses) stopped)
    {
        stopped.Process.Dispose();
        var process = Start(stopped.Silo);
        var addresses = await process.ReadyAsync(TestContext.Current.CancellationToken);
        lock (_processes)
        {
            _processes.Remove(stopped);
            _processes.Add((stopped.Silo, process, addresses));
        }
    }

    private async Task StopAsync()
    {
        foreach (var (silo, process, _) in _processes)
        {
            await process.StopAsync();
            Assert.True(process.ExitCode == 0, silo.Said());
        }
    }

    /// <summary>New bots on all shards fight until a war has settled, and the books of all processes agree with them.</summary>
    /// <returns>The shards the war was fought on.</returns>
    private async Task<int> FightAsync()
    {
        var happenings = new Happenings();
        happenings.Told += output.WriteLine;
        var places = new Places(
            _processes.SelectMany(process => process.Addresses.Shards.Select(shard => (shard, process.Addresses.Gateway)))
                .ToDictionary(place => place.shard, place => (IReadOnlyList<Uri>)[place.Gateway]),
            [.. _processes.Select(process => (IReadOnlyList<Uri>)[process.Addresses.Management])]);
        using var stopping = new CancellationTokenSource();
        await using var campaign = new Campaign(places, Bots, null, happenings) { WarLength = TimeSpan.FromSeconds(5) };
        var playing = campaign.PlayAsync(stopping.Token, TestContext.Current.CancellationToken);
        while (campaign.WarsSettled == 0 && !playing.IsCompleted)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);
        }

        await stopping.CancelAsync();
        await playing;
        var summary = await Summary.OfAsync(campaign, happenings);
        Assert.Empty(happenings.Errors);
        Assert.True(summary.Agrees, summary.ToString());
        Assert.True(summary.PointsEarned > 0, "Nobody struck.");
        return happenings.War!.Shards.Count;
    }
}
