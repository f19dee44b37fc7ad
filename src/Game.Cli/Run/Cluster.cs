using System.Collections.Concurrent;
using System.Diagnostics;
using Game.Cli.Play;
using Game.LocalServers;

namespace Game.Cli.Run;

/// <summary>
/// A world of several silo processes a shard. PostgreSQL and RabbitMQ are those that the environment names
/// (<c>GAME__Postgres__ConnectionString</c>, <c>GAME__RabbitMq__Uri</c>), or are started over folders of the data folder.
/// </summary>
internal sealed class Cluster(RunOptions options, Action<string> onLine) : IWorld
{
    private const string Database = "GAME__Postgres__ConnectionString";
    private const int StartsInVain = 5;

    private readonly string _data = Path.GetFullPath(options.Data);
    private readonly List<Member> _members = [];
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly CancellationTokenSource _enough = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _broken = new();
    private PostgresServer? _postgres;
    private Broker? _broker;
    private Task _breaking = Task.CompletedTask;
    private Task _supervising = Task.CompletedTask;

    public CancellationToken Broken => _broken.Token;

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

        _members.ForEach(Start);

        var ready = await Task.WhenAll(_members.Select(member => member.Process!.ReadyAsync(cancellationToken)));
        var shards = _members.Zip(ready, (member, addresses) => (member.Shard, addresses)).GroupBy(pair => pair.Shard).ToList();
        _supervising = Task.WhenAll(_members.Select(SuperviseAsync));
        _breaking = BreakAsync(options.Faults);
        return new Places(
            shards.ToDictionary(shard => shard.Key, shard => (IReadOnlyList<Uri>)[.. shard.Select(pair => pair.addresses.Gateway)]),
            [.. shards.Select(shard => (IReadOnlyList<Uri>)[.. shard.Select(pair => pair.addresses.Management)])]);
    }

    public async Task MendAsync()
    {
        await _enough.CancelAsync();
        await _breaking;
        await Task.WhenAll(_members.Select(member => member.ReadyAsync())).WaitAsync(_broken.Token);
    }

    public async Task<IReadOnlyList<string>> StopAsync()
    {
        // Nobody drains a cluster while its silos are killed.
        await _enough.CancelAsync();
        await _breaking;
        await _stopping.CancelAsync();
        await Task.WhenAll(_members.Select(async member =>
        {
            SiloProcess? process;
            lock (member)
            {
                process = member.Process;
            }

            if (process is not null)
            {
                await process.StopAsync();
                if (process.ExitCode != 0)
                {
                    _failures.Enqueue($"silo {member.Name} ended with exit code {process.ExitCode}");
                }
            }
        }));
        await _supervising;
        return [.. _failures];
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

        _enough.Dispose();
        _stopping.Dispose();
        _broken.Dispose();
    }

    private async Task<string> FindDatabaseAsync(CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable(Database) is { } given)
        {
            return given;
        }

        _postgres = await PostgresServer.StartAsync(cancellationToken, Path.Combine(_data, "postgres"));
        onLine($"postgres on port {_postgres.Port}");
        return _postgres.ConnectionString("game_{shard}");
    }

    private List<string> ArgumentsOf(int index, string name) =>
    [
        "serve",
        "--profile", options.Profile,
        "--shards", $"{options.Shards}",
        "--port", $"{PortOf(options.Port, index)}",
        "--management-port", $"{PortOf(options.ManagementPort, index)}",
        "--data", Path.Combine(_data, name),
    ];

    /// <summary>A silo that is started again listens where it listened before.</summary>
    private static int PortOf(int first, int index) => first == 0 ? LocalPort.Free() : first + (2 * index);

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

    private void Start(Member member) => member.Run(SiloProcess.Start(
        options.Silo, member.Arguments, line => onLine($"{member.Name}: {line}"), member.Environment));

    private Task BreakAsync(Faults faults)
    {
        var next = 0;
        return Task.WhenAll(
            RepeatAsync(faults.KillSilo, () => RestartAsync(_members[Random.Shared.Next(_members.Count)], "killing", process => process.KillAsync())),
            RepeatAsync(faults.RollSilo, () => RollAsync(_members[next++ % _members.Count])),
            RepeatAsync(faults.KillDatabase, async () =>
            {
                onLine("killing the database server");
                await Required(_postgres, "PostgreSQL").KillAsync();
                await _postgres!.RestartAsync(_broken.Token);
            }),
            RepeatAsync(faults.KillBroker, async () =>
            {
                onLine("killing the broker");
                await Required(_broker!.Own, "RabbitMQ").KillAsync();
                await _broker.Own!.RestartAsync(_broken.Token);
            }));
    }

    /// <summary>As an orchestrator rolls: the next one only while the others of its shard take players.</summary>
    private async Task RollAsync(Member member)
    {
        foreach (var other in _members.Where(other => other.Shard == member.Shard && other != member))
        {
            await other.ReadyAsync().WaitAsync(_enough.Token);
        }

        await RestartAsync(member, "restarting", StopInOrderAsync);
    }

    private async Task StopInOrderAsync(SiloProcess process)
    {
        await process.StopAsync();

        // One that has not come up yet may have given up by itself, for example on a database that was killed.
        if (process.WasReady && process.ExitCode != 0)
        {
            _failures.Enqueue($"a silo that was restarted ended with exit code {process.ExitCode}");
        }
    }

    private async Task RestartAsync(Member member, string how, Func<SiloProcess, Task> stop)
    {
        await member.Turn.WaitAsync(_broken.Token);
        try
        {
            onLine($"{how} silo {member.Name}");
            var process = member.Process!;
            await stop(process);
            await member.StartedAgainAsync(process).WaitAsync(_broken.Token);
        }
        finally
        {
            member.Turn.Release();
        }
    }

    /// <summary>Does what an orchestrator does: a silo that has ended, for whatever reason, is started again.</summary>
    private async Task SuperviseAsync(Member member)
    {
        for (var inVain = 0; inVain < StartsInVain;)
        {
            var process = member.Process!;
            await process.Exited;
            inVain = process.WasReady ? 0 : inVain + 1;
            lock (member)
            {
                if (_stopping.IsCancellationRequested)
                {
                    return;
                }

                onLine($"silo {member.Name} has ended with exit code {process.ExitCode} and is started again");
                Start(member);
            }
        }

        onLine($"silo {member.Name} does not start");
        await _broken.CancelAsync();
    }

    /// <summary>Where mending takes longer than the interval, a whole interval of play follows it all the same.</summary>
    private async Task RepeatAsync(TimeSpan? interval, Func<Task> fault)
    {
        if (interval is not { } pause)
        {
            return;
        }

        try
        {
            for (var rest = pause; ;)
            {
                await Task.Delay(rest, _enough.Token);
                var broken = Stopwatch.GetTimestamp();
                await fault();
                var took = Stopwatch.GetElapsedTime(broken);
                rest = took < pause ? pause - took : pause;
            }
        }
        catch (OperationCanceledException) when (_enough.IsCancellationRequested || _broken.IsCancellationRequested)
        {
            // The world ends.
        }
    }

    private static T Required<T>(T? server, string name)
        where T : class =>
        server ?? throw new InvalidOperationException($"{name} was given by the environment; only one that was started here can be killed.");
}
