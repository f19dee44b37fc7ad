using System.Diagnostics;

namespace Game.Integration.Tests;

/// <summary>A command of the real executable, run to its end.</summary>
internal sealed record SiloCommand(int ExitCode, string Output, string Errors)
{
    public static async Task<SiloCommand> RunAsync(Silo silo, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Silo.Executable);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.ArgumentList.Add("--data");
        start.ArgumentList.Add(silo.Data);
        foreach (var (name, value) in silo.Environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return new SiloCommand(process.ExitCode, said[0], said[1]);
    }

    /// <summary>What it printed, if it succeeded.</summary>
    public string Succeeded()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}\n{Output}\n{Errors}");
        return Output;
    }
}
