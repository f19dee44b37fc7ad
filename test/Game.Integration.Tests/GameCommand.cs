using System.Diagnostics;
using Game.Cli.Run;

namespace Game.Integration.Tests;

/// <summary>What <c>./game</c> starts for those who play and operate, run to its end.</summary>
internal static class GameCommand
{
    /// <returns>What it printed; it has succeeded.</returns>
    public static async Task<string> RunAsync(Silo silo, ITestOutputHelper output, CancellationToken cancellationToken, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            "dotnet", [typeof(SiloProcess).Assembly.Location, .. arguments, "--url", $"http://127.0.0.1:{silo.ManagementPort}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in silo.Environment)
        {
            start.Environment[name] = value;
        }

        using var command = Process.Start(start)!;
        try
        {
            var said = await Task.WhenAll(
                command.StandardOutput.ReadToEndAsync(cancellationToken), command.StandardError.ReadToEndAsync(cancellationToken));
            await command.WaitForExitAsync(cancellationToken);
            output.WriteLine($"{string.Join(' ', arguments)}\n{string.Concat(said)}");
            Assert.True(command.ExitCode == 0, string.Concat(said));
            return said[0];
        }
        finally
        {
            if (!command.HasExited)
            {
                command.Kill(entireProcessTree: true);
            }
        }
    }
}
