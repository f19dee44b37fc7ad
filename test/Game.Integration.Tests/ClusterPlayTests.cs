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
        // Open to others, as a temporary folder is not: PostgreSQL runs as a user of its own where the tests are root.
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"game-cluster-{Guid.NewGuid():N}"));
        try
        {
            var start = new ProcessStartInfo(
                "dotnet",
                [
                    typeof(SiloProcess).Assembly.Location, "run", "--silo", Silo.Executable, "--profile", "cluster", "--data", folder.FullName,
                    "--shards", "1", "--silos", "2", "--bots", "8", "--for", "60", "--port", "0", "--management-port", "0",
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
            var summary = JsonSerializer.Deserialize<Summary>(last, Summary.Json)!;
            Assert.True(summary.Agrees && summary.Wars > 0, last);
            Assert.Equal(0, play.ExitCode);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
