using Game.LocalServers;

namespace Game.LoadTest.Run;

/// <summary>
/// A world of several silo processes a shard. PostgreSQL and RabbitMQ are those that the environment names
/// (<c>GAME__Postgres__ConnectionString</c>, <c>GAME__RabbitMq__Uri</c>), or are started over folders of the data folder.
/// </summary>
internal sealed class Cluster(RunOptions options, Action<string> onLine) : IWorld
{
    private const string Database = "GAME__Postgres__ConnectionString";
    private static readonly TimeSpan ToStartAgain = TimeSpan.FromSeconds(60);

    private readonly string _data = Path.GetFullPath(options.Data);
    private readonly List<Member> _members = [];
    private readonly CancellationTokenSource _stopping = new();
    private PostgresServer? _postgres;
    private Broker? _broker;
    private Task _killing = Task.CompletedTask;

    public async Task<Places> StartAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_data);
        var database = await FindDatabaseAsync(cancellationToken);
        _broker = await Broker.FindAsync(Path.Combine(_data, "rabbitmq"), onLine, cancellationToken);
        for (var shard = 1; shard <= options.Shards; shard++)
        {
            for (var silo = 1; silo <= options.Silos; silo++)
            {
                _members.Add(new Member($"s{shard:00}", silo, ArgumentsOf(_members.Count, $"s{shard:00}-{silo}"), EnvironmentOf($"s{shard:00}", database, _broker.Address)));
            }
        }

        foreach (var member in _members)
        {
            Start(member);
        }

        var ready = await Task.WhenAll(_members.Select(member => member.Process!.ReadyAsync(cancellationToken)));
        var shards = _members.Zip(ready, (member, addresses) => (member.Shard, addresses)).GroupBy(pair => pair.Shard).ToList();
        _killing = options.KillEvery is { } interval ? KillAsync(interval) : Task.CompletedTask;
        return new Places(
            shards.ToDictionary(shard => shard.Key, shard => (IReadOnlyList<Uri>)[.. shard.Select(pair => pair.addresses.Gateway)]),
            [.. shards.Select(shard => (IReadOnlyList<Uri>)[.. shard.Select(pair => pair.addresses.Management)])]);
    }

    public async Task<IReadOnlyList<string>> StopAsync()
    {
        await _stopping.CancelAsync();
        await _killing;
        var failures = new List<string>();
        await Task.WhenAll(_members.Where(member => member.Process is not null).Select(async member =>
        {
            await member.Process!.StopAsync();
            if (member.Process.ExitCode != 0)
            {
                lock (failures)
                {
                    failures.Add($"silo {member.Name} ended with exit code {member.Process.ExitCode}");
                }
            }
        }));
        return failures;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members)
        {
            member.Process?.Dispose();
        }

        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }

        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        _stopping.Dispose();
    }

    private async Task<string> FindDatabaseAsync(CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable(Database) is { } given)
        {
            return given;
        }

        _postgres = await PostgresServer.StartAsync(cancellationToken, Path.Combine(_data, "postgres"));
        onLine($"postgres on port {_postgres.Port}");

        // Many processes share one small server.
        return _postgres.ConnectionString("game_{shard}") + ";Maximum Pool Size=10";
    }

    private List<string> ArgumentsOf(int index, string name) =>
    [
        "serve",
        "--profile", options.Profile,
        "--shards", $"{options.Shards}",
        "--port", $"{(options.Port == 0 ? 0 : options.Port + (2 * index))}",
        "--management-port", $"{(options.ManagementPort == 0 ? 0 : options.ManagementPort + (2 * index))}",
        "--data", Path.Combine(_data, name),
    ];

    private Dictionary<string, string> EnvironmentOf(string shard, string database, string broker) => new()
    {
        ["GAME__Shards__0"] = shard,
        ["GAME__Cluster__AdvertisedAddress"] = "127.0.0.1",
        ["GAME__Cluster__SiloPort"] = $"{LocalPort.Free()}",
        ["GAME__Cluster__GatewayPort"] = $"{LocalPort.Free()}",
        [Database] = database,
        ["GAME__Postgres__MigrateAtStart"] = "true",
        [Broker.Setting] = broker,
        ["GAME__Gateway__Tokens__KeyFile"] = Path.Combine(_data, "signing.key"),
    };

    private void Start(Member member) => member.Process = SiloProcess.Start(
        options.Silo, member.Arguments, line => onLine($"{member.Name}: {line}"), member.Environment);

    private async Task KillAsync(TimeSpan interval)
    {
        using var timer = new PeriodicTimer(interval);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                var member = _members[Random.Shared.Next(_members.Count)];
                onLine($"killing silo {member.Name}");
                await member.Process!.KillAsync();
                member.Process.Dispose();
                Start(member);
                await member.Process.ReadyAsync(_stopping.Token).WaitAsync(ToStartAgain);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The world ends.
        }
    }

    private sealed record Member(string Shard, int Number, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment)
    {
        public string Name => $"{Shard}-{Number}";

        public SiloProcess? Process { get; set; }
    }
}
