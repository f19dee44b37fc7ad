using Game.Cli.Play;

namespace Game.Cli.Run;

/// <summary>
/// A world of several processes that meet on one broker, each with a range of the shards and a data folder of its own. One
/// process uses the data folder itself.
/// </summary>
internal sealed class Brokered(RunOptions options, Action<string> onLine) : IWorld
{
    private readonly string _data = Path.GetFullPath(options.Data);
    private readonly List<SiloProcess> _processes = [];
    private readonly Watch _watch = new(onLine);
    private Broker? _broker;

    public CancellationToken Broken => _watch.Broken;

    public async Task<Places> StartAsync(CancellationToken cancellationToken)
    {
        var parts = Part.Split(options.Shards, options.Processes);
        Part.ThrowIfSplitOtherwise(_data, parts);
        Directory.CreateDirectory(_data);
        _broker = await Broker.FindAsync(Path.Combine(_data, "rabbitmq"), onLine, cancellationToken);
        for (var i = 0; i < parts.Count; i++)
        {
            var name = parts[i].Folder ?? "silo";
            _processes.Add(SiloProcess.Start(
                options.Silo, ArgumentsOf(i, parts[i], options.Shards), line => onLine(parts.Count == 1 ? line : $"{name}: {line}"), EnvironmentOf(parts[i])));
        }

        var ready = await Task.WhenAll(_processes.Select(process => process.ReadyAsync(cancellationToken)));
        _processes.ForEach(_watch.Over);
        await TellConnectionsAsync(options.Shards, cancellationToken);
        return new Places(
            ready.SelectMany(process => process.Shards.Select(shard => (shard, process.Gateway)))
                .ToDictionary(place => place.shard, place => (IReadOnlyList<Uri>)[place.Gateway]),
            [.. ready.Select(process => (IReadOnlyList<Uri>)[process.Management])]);
    }

    public async Task<Places> JoinAsync(CancellationToken cancellationToken)
    {
        var name = $"s{options.Shards + 1:00}";
        var part = new Part([name], $"{name}-{name}");
        var process = SiloProcess.Start(
            options.Silo, ArgumentsOf(_processes.Count, part, options.Shards + 1), line => onLine($"{name}: {line}"), EnvironmentOf(part));
        _processes.Add(process);
        var ready = await process.ReadyAsync(cancellationToken);
        _watch.Over(process);
        await TellConnectionsAsync(options.Shards + 1, cancellationToken);
        return Places.Of(ready);
    }

    public async Task<IReadOnlyList<string>> StopAsync()
    {
        _watch.Stop();
        await Task.WhenAll(_processes.Select(process => process.StopAsync()));
        return [.. _processes.Where(process => process.ExitCode != 0).Select(process => $"a silo ended with exit code {process.ExitCode}")];
    }

    public async ValueTask DisposeAsync()
    {
        _watch.Stop();
        _watch.Dispose();
        _processes.ForEach(process => process.Dispose());
        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }
    }

    private async Task TellConnectionsAsync(int shards, CancellationToken cancellationToken)
    {
        if (await _broker!.ListConnectionsAsync(cancellationToken) is { } connections)
        {
            onLine($"broker   {connections.Count} connections for {shards} shards in {_processes.Count} processes");
        }
    }

    private List<string> ArgumentsOf(int index, Part part, int shards) =>
    [
        "serve",
        "--profile", options.Profile,
        "--shards", $"{shards}",
        "--port", $"{(options.Port == 0 ? 0 : options.Port + (2 * index))}",
        "--management-port", $"{(options.ManagementPort == 0 ? 0 : options.ManagementPort + (2 * index))}",
        "--data", part.Folder is { } folder ? Path.Combine(_data, folder) : _data,
    ];

    private Dictionary<string, string> EnvironmentOf(Part part)
    {
        var environment = new Dictionary<string, string> { [Broker.Setting] = _broker!.Address };
        if (part.Folder is not null)
        {
            // A token is good at every gateway.
            environment["GAME__Gateway__Tokens__KeyFile"] = Path.Combine(_data, "signing.key");
            for (var i = 0; i < part.Shards.Count; i++)
            {
                environment[$"GAME__Shards__{i}"] = part.Shards[i];
            }
        }

        return environment;
    }
}
