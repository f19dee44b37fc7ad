using System.Diagnostics;
using Game.Contracts;
using Game.LocalServers;

namespace Game.Orleans.Tests.Processes;

/// <summary>A <see cref="SiloChild"/> that runs, and how it is hurt.</summary>
internal sealed class SiloProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private SiloProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Starts a silo and returns when it has joined its cluster.</summary>
    public static async Task<SiloProcess> StartAsync(
        IReadOnlyList<string> databases, string cluster, int contract = ContractVersion.Current, int oldest = ContractVersion.Oldest)
    {
        var silo = Launch(databases, cluster, contract, oldest);
        if (!await silo.IsReadyAsync())
        {
            var said = await silo.WaitForExitAsync();
            var code = silo.ExitCode;
            silo.Dispose();
            throw new InvalidOperationException($"The silo ended before it was ready, with exit code {code}: {said}");
        }

        return silo;
    }

    /// <summary>Starts a silo without waiting for it.</summary>
    public static SiloProcess Launch(
        IReadOnlyList<string> databases, string cluster, int contract = ContractVersion.Current, int oldest = ContractVersion.Oldest)
    {
        string[] arguments = [string.Join(SiloChild.Separator, databases), cluster, $"{LocalPort.Free()}", $"{LocalPort.Free()}", $"{contract}", $"{oldest}"];
        var start = new ProcessStartInfo("dotnet", [typeof(SiloProcess).Assembly.Location, SiloChild.Argument, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new SiloProcess(Process.Start(start)!);
    }

    public async Task<bool> IsReadyAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line == "ready")
            {
                _ = _process.StandardOutput.ReadToEndAsync();
                return true;
            }
        }

        return false;
    }

    /// <returns>What it wrote to its standard error.</returns>
    public async Task<string> WaitForExitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return await _errors;
    }

    public async Task KillAsync()
    {
        _process.Kill();
        await WaitForExitAsync();
    }

    /// <param name="name">For example TERM, STOP, CONT.</param>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
