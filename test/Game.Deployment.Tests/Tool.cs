using System.Diagnostics;

namespace Game.Deployment.Tests;

/// <summary>Programs of others that check what is written here.</summary>
internal static class Tool
{
    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its exit code, and what it said on each way out.</returns>
    public static async Task<(int Code, string Output, string Error)> RunAsync(
        string program, IEnumerable<string> arguments, string? input = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = input is not null,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }

    /// <summary>Skips the test where a program is not installed; on CI that is a failure.</summary>
    /// <param name="program">Its name on the PATH.</param>
    /// <param name="package">The Debian package that has it.</param>
    public static void Require(string program, string package)
    {
        if (!IsThere(program))
        {
            Missing($"{program} is missing: install it (Debian: apt-get install {package}).");
        }
    }

    public static void Missing(string message)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", message);
        Assert.Fail(message);
    }

    private static bool IsThere(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Any(folder => File.Exists(Path.Combine(folder, program)));
}
