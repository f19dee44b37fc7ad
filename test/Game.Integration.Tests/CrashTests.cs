using System.Globalization;
using Game.Cli.Play;
using Game.Cli.Run;

namespace Game.Integration.Tests;

/// <summary>
/// Kills the real process (SIGKILL) at random moments while bots play, starts it again on the same data, and in the end
/// compares everything that was ever confirmed to a bot with what the world holds. CRASHES sets how often, CRASH_SEED which
/// moments.
/// </summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int Bots = 12;
    private static readonly TimeSpan MaxLife = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan ToFinish = TimeSpan.FromSeconds(120);

    [Fact]
    public Task Nothing_confirmed_is_lost_or_doubled_however_often_the_process_is_killed() => PlayAsync(Setting("CRASHES", 50), []);

    [Fact]
    public async Task Nothing_confirmed_is_lost_or_doubled_with_the_stores_in_PostgreSQL()
    {
        await using var server = await Servers.StartPostgresAsync();
        await PlayAsync(Setting("CRASHES", 50) / 5, new Dictionary<string, string>
        {
            ["GAME__Postgres__ConnectionString"] = server.ConnectionString("game_{shard}"),
            ["GAME__Postgres__MigrateAtStart"] = "true",
        });
    }

    private async Task PlayAsync(int crashes, Dictionary<string, string> settings)
    {
        var seed = Setting("CRASH_SEED", Random.Shared.Next());
        output.WriteLine($"CRASH_SEED={seed} CRASHES={crashes}");
        var random = new Random(seed);
        using var silo = new Silo();
        foreach (var (name, value) in settings)
        {
            silo.Environment[name] = value;
        }

        using var stopping = new CancellationTokenSource();
        using var abandon = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var happenings = new Happenings();
        happenings.Told += line => output.WriteLine(line);

        var process = silo.Start();
        var addresses = await process.ReadyAsync(abandon.Token);
        await using var campaign = new Campaign(Places.Of(addresses), Bots, null, happenings)
        {
            WarLength = TimeSpan.FromSeconds(10),
            // Longer than all lives together: on a slow machine none may last until a player is registered.
            Patience = TimeSpan.FromMinutes(20),
        };
        var playing = campaign.PlayAsync(stopping.Token, abandon.Token);
        for (var crash = 0; crash < crashes; crash++)
        {
            // Most lives end in play, some while the process is still starting.
            var starting = random.Next(5) == 0;
            if (!starting)
            {
                await process.ReadyAsync(abandon.Token);
            }

            await Task.Delay(MaxLife * random.NextDouble(), abandon.Token);
            Assert.False(playing.IsCompleted, $"The play ended: {playing.Exception}");
            Assert.True(starting || !process.HasExited, "The silo ended by itself.");
            await process.KillAsync();
            process.Dispose();
            process = silo.Start();
        }

        // On a slow machine the last life sees the first war.
        await process.ReadyAsync(abandon.Token);
        abandon.CancelAfter(ToFinish);
        while (campaign.WarsSettled == 0 && !playing.IsCompleted)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), abandon.Token);
        }

        await stopping.CancelAsync();
        await playing;
        var summary = await Summary.OfAsync(campaign, happenings);
        await process.StopAsync();
        output.WriteLine(summary.ToString());

        Assert.Equal(0, process.ExitCode);
        Assert.Empty(happenings.Errors);
        Assert.True(summary.Wars > 0, "No war was settled.");
        Assert.True(summary.Agrees, summary.ToString());
        Assert.False(campaign.LeftAWarOpen);
        process.Dispose();
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
