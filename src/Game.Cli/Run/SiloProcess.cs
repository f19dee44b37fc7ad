using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Game.Cli.Play;
using Game.Client;

namespace Game.Cli.Run;

/// <summary>A silo in a process of its own. It tells where it listens with one line, <c>ready: {json}</c>.</summary>
public sealed partial class SiloProcess : IDisposable
{
    private const int SigTerm = 15;

    private readonly Process _process;
    private readonly TaskCompletionSource<Addresses> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SiloProcess(Process process, Action<string> onLine)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => OnLine(line.Data, onLine);
        process.ErrorDataReceived += (_, line) => OnLine(line.Data, onLine);
    }

    public int Id => _process.Id;

    /// <summary>Whether it has taken players.</summary>
    public bool WasReady => _ready.Task.IsCompletedSuccessfully;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public Task Exited { get; private set; } = Task.CompletedTask;

    /// <param name="silo">The silo's assembly.</param>
    /// <param name="arguments">Its command line.</param>
    /// <param name="onLine">Gets what it says.</param>
    /// <param name="environment">Added to the environment of this process.</param>
    public static SiloProcess Start(
        string silo, IEnumerable<string> arguments, Action<string> onLine, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(silo);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var silos = new SiloProcess(Process.Start(start)!, onLine);
        silos._process.BeginOutputReadLine();
        silos._process.BeginErrorReadLine();
        silos.Exited = silos.WaitAsync();
        return silos;
    }

    /// <summary>Waits until the silo listens.</summary>
    /// <exception cref="InvalidOperationException">It ended before; what it said has been passed on.</exception>
    public Task<Addresses> ReadyAsync(CancellationToken cancellationToken) => _ready.Task.WaitAsync(cancellationToken);

    /// <summary>Asks the silo to drain, and waits until it has ended.</summary>
    public async Task StopAsync()
    {
        if (!_process.HasExited)
        {
            Signal(_process.Id, SigTerm);
        }

        await Exited;
    }

    /// <summary>Ends the process as a crash would (SIGKILL).</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await Exited;
    }

    public void Dispose() => _process.Dispose();

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int process, int signal);

    private async Task WaitAsync()
    {
        await _process.WaitForExitAsync();
        _ready.TrySetException(new InvalidOperationException($"The silo ended with exit code {_process.ExitCode} before it was ready."));
    }

    private void OnLine(string? line, Action<string> onLine)
    {
        const string Ready = "ready: ";
        if (line is null)
        {
            return;
        }

        if (line.StartsWith(Ready, StringComparison.Ordinal))
        {
            _ready.TrySetResult(JsonSerializer.Deserialize<Addresses>(line[Ready.Length..], Wire.Json)!);
        }
        else
        {
            onLine(line);
        }
    }
}
