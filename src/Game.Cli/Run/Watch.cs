namespace Game.Cli.Run;

/// <summary>Notices processes that end by themselves.</summary>
internal sealed class Watch(Action<string> onLine) : IDisposable
{
    private readonly CancellationTokenSource _broken = new();
    private volatile bool _stopping;

    public CancellationToken Broken => _broken.Token;

    public void Over(SiloProcess process) => _ = WaitAsync(process);

    /// <summary>From here on it is meant.</summary>
    public void Stop() => _stopping = true;

    public void Dispose() => _broken.Dispose();

    private async Task WaitAsync(SiloProcess process)
    {
        await process.Exited;
        if (!_stopping)
        {
            onLine($"a silo ended by itself with exit code {process.ExitCode}");
            await _broken.CancelAsync();
        }
    }
}
