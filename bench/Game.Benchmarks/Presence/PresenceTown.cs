using Game.Broadcast.InProcess;
using Game.Contracts.Identity;
using Game.Contracts.Presence;
using Game.EventStore.Sqlite;
using Game.Grains;
using Game.Grains.Hosting;
using Game.Grains.Presence;
using Game.Hosting.Embedded;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Benchmarks.Presence;

/// <summary>Shards in one process with players that come and go, reported once a second as a gateway does.</summary>
internal sealed class PresenceTown : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("game-presence-").FullName;
    private readonly Random _random = new(1);
    private readonly List<SqliteEventStore> _stores = [];
    private readonly List<IShardHost> _hosts = [];
    private readonly Dictionary<string, HashSet<string>> _online = [];
    private readonly Dictionary<string, List<string>> _players = [];
    private long _sequence;

    private PresenceTown()
    {
        Bus = new CountingBus(
            InProcessBus.Open(
                new InProcessBusOptions { Path = Path.Combine(_folder, "bus.db") }, TimeProvider.System, NullLogger<InProcessBus>.Instance),
            "presence.");
    }

    public CountingBus Bus { get; }

    public static TimeSpan Interval { get; } = new PresenceOptions().Interval;

    public IReadOnlyList<string> Shards { get; private set; } = [];

    public static async Task<PresenceTown> StartAsync(int shards, int players, CancellationToken cancellationToken)
    {
        var town = new PresenceTown { Shards = [.. Enumerable.Range(1, shards).Select(ShardId.Numbered)] };
        foreach (var name in town.Shards)
        {
            var store = SqliteEventStore.Open(Path.Combine(town._folder, name, "events.db"));
            town._stores.Add(store);
            var host = await ShardHost.StartAsync(
                new ShardHostOptions
                {
                    Shard = new ShardIdentity(name, town.Shards),
                    Store = store,
                    Reminders = store.Items("reminders"),
                    Bus = town.Bus,
                    LoggerFactory = NullLoggerFactory.Instance,
                },
                cancellationToken);
            town._hosts.Add(host);
            await host.Traffic.DeclareAsync(cancellationToken);
            town._players[name] =
                [.. Enumerable.Range(0, players / shards).Select(_ => EntityId.New(name, DateTimeOffset.UtcNow).ToString())];
            town._online[name] = [];
        }

        foreach (var host in town._hosts)
        {
            await host.Traffic.StartAsync(cancellationToken);
        }

        return town;
    }

    /// <summary>All players sign in; returns when every shard knows all of them.</summary>
    public async Task FillAsync(CancellationToken cancellationToken)
    {
        foreach (var (shard, players) in _players)
        {
            _online[shard].UnionWith(players);
        }

        var all = _players.Values.SelectMany(players => players).ToList();
        var known = false;
        while (!known)
        {
            await ReportAsync(full: true);
            await Task.Delay(PresenceOptions.ReportInterval, cancellationToken);
            var answers = await Task.WhenAll(_hosts.Select(host => PresenceOf(host).GetAsync(all)));
            known = answers.All(answer => answer.All(player => player.Online));
        }
    }

    /// <summary>So many seconds in which a share of the players goes or comes back each second.</summary>
    public async Task LiveAsync(int seconds, double share, CancellationToken cancellationToken)
    {
        for (var second = 0; second < seconds; second++)
        {
            await ReportAsync(full: false, share);
            await Task.Delay(PresenceOptions.ReportInterval, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }

        await Bus.DisposeAsync();
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static IPresenceGrain PresenceOf(IShardHost host) => host.Grains.GetGrain<IPresenceGrain>(host.Shard);

    private async Task ReportAsync(bool full, double share = 0)
    {
        _sequence++;
        foreach (var host in _hosts)
        {
            var online = _online[host.Shard];
            var changed = _players[host.Shard].Where(_ => _random.NextDouble() < share).ToList();
            var gone = changed.Where(online.Contains).ToList();
            List<string> came = [.. changed.Except(gone)];
            online.ExceptWith(gone);
            online.UnionWith(came);
            var report = new PresenceReport("bench", _sequence, full, full ? [.. online] : came, full ? [] : gone);
            if (!await PresenceOf(host).ReportAsync(report))
            {
                throw new InvalidOperationException("A report is missing.");
            }
        }
    }
}
