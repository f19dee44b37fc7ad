using System.Diagnostics;

namespace Game.Docs.Tests;

/// <summary>Runs what a reader of the pages would type.</summary>
internal static class Shell
{
    /// <summary>Runs a script to its end.</summary>
    /// <returns>Its exit code, and what it said on each way out.</returns>
    public static async Task<(int Code, string Output, string Error)> RunAsync(
        string script, string folder, CancellationToken cancellationToken)
    {
        using var process = Start(script, folder);
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>Starts a script in a folder, without the settings of the world that runs the test.</summary>
    public static Process Start(string script, string folder)
    {
        var start = new ProcessStartInfo("bash", ["-c", script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("GAME__", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        return Process.Start(start)!;
    }
}
