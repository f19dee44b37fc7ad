using Game.Cli.Play;

namespace Game.Cli.Run;

/// <summary>A world in one silo process.</summary>
internal sealed class OneProcess(RunOptions options, Action<string> onLine) : IWorld
{
    private readonly Watch _watch = new(onLine);
    private SiloProcess? _silo;

    public CancellationToken Broken => _watch.Broken;

    public async Task<Places> StartAsync(CancellationToken cancellationToken)
    {
        _silo = SiloProcess.Start(
            options.Silo,
            [
                "serve",
                "--shards", $"{options.Shards}",
                "--port", $"{options.Port}",
                "--management-port", $"{options.ManagementPort}",
                "--data", options.Data,
                "--profile", options.Profile,
            ],
            onLine);
        var addresses = await _silo.ReadyAsync(cancellationToken);
        _watch.Over(_silo);
        return Places.Of(addresses);
    }

    public async Task<IReadOnlyList<string>> StopAsync()
    {
        if (_silo is null)
        {
            return [];
        }

        _watch.Stop();
        await _silo.StopAsync();
        return _silo.ExitCode == 0 ? [] : [$"the silo ended with exit code {_silo.ExitCode}"];
    }

    public ValueTask DisposeAsync()
    {
        _watch.Stop();
        _watch.Dispose();
        _silo?.Dispose();
        return ValueTask.CompletedTask;
    }
}
