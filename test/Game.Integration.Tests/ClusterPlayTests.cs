using System.Diagnostics;
using System.Text.Json;
using Game.Cli.Run;

namespace Game.Integration.Tests;

/// <summary>
/// What <c>./game run --profile cluster</c> does, with silos and the database broken under it.
/// </summary>
public sealed class ClusterPlayTests(ITestOutputHelper output)
{
    [Fact]
    public async Task SilosKilledAndRestarted_AndTheDatabaseKilled_WhileBotsPlay_TheBooksAgree()
    {
        var (summary, exitCode) = await PlayAsync(TimeSpan.FromMinutes(1));

        // On a machine that is too busy for a war in a minute, with the faults as often as before.
        for (var length = 2; summary is { Wars: 0, Agrees: true } && length < 16; length *= 2)
        {
            (summary, exitCode) = await PlayAsync(TimeSpan.FromMinutes(length));
        }

        Assert.True(summary.Agrees && summary.Wars > 0, JsonSerializer.Serialize(summary, Summary.Json));
        Assert.Equal(0, exitCode);
    }

    private async Task<(Summary Summary, int ExitCode)> PlayAsync(TimeSpan length)
    {
        // Open to others, as a temporary folder is not: PostgreSQL runs as a user of its own where the tests are root.
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"game-cluster-{Guid.NewGuid():N}"));
        try
        {
            var start = new ProcessStartInfo(
                "dotnet",
                [
                    typeof(SiloProcess).Assembly.Location, "run", "--silo", Silo.Executable, "--profile", "cluster", "--data", folder.FullName,
                    "--shards", "1", "--silos", "2", "--bots", "8", "--for", $"{length.TotalSeconds}", "--port", "0", "--management-port", "0",
                    "--kill-every", "11", "--roll-every", "7", "--kill-database-every", "23",
                ])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var play = Process.Start(start)!;
            play.ErrorDataReceived += (_, line) => output.WriteLine(line.Data ?? "");
            play.BeginErrorReadLine();
            var last = "";
            while (await play.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            {
                output.WriteLine(line);
                last = line;
            }

            await play.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (JsonSerializer.Deserialize<Summary>(last, Summary.Json)!, play.ExitCode);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
