namespace Game.LoadTest.Run;

/// <summary>A world in one silo process.</summary>
internal sealed class OneProcess(RunOptions options, Action<string> onLine) : IWorld
{
    private SiloProcess? _silo;

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
        return Places.Of(await _silo.ReadyAsync(cancellationToken));
    }

    public async Task<IReadOnlyList<string>> StopAsync()
    {
        if (_silo is null)
        {
            return [];
        }

        await _silo.StopAsync();
        return _silo.ExitCode == 0 ? [] : [$"the silo ended with exit code {_silo.ExitCode}"];
    }

    public ValueTask DisposeAsync()
    {
        _silo?.Dispose();
        return ValueTask.CompletedTask;
    }
}
