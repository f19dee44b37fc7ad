using Game.Contracts.Identity;
using Game.Contracts.Presence;
using Game.Grains.Hosting;
using Game.Grains.Presence;

namespace Game.Benchmarks.Presence;

/// <summary>Shards in one process with players that come and go, reported once a second as a gateway does.</summary>
internal sealed class PresenceTown : IAsyncDisposable
{
    private readonly Shards _shards;
    private readonly Random _random = new(1);
    private readonly Dictionary<string, HashSet<string>> _online = [];
    private readonly Dictionary<string, List<string>> _players = [];
    private long _sequence;

    private PresenceTown(Shards shards, int players)
    {
        _shards = shards;
        foreach (var name in shards.Names)
        {
            _players[name] =
                [.. Enumerable.Range(0, players / shards.Names.Count).Select(_ => EntityId.New(name, DateTimeOffset.UtcNow).ToString())];
            _online[name] = [];
        }
    }

    public CountingBus Bus => (CountingBus)_shards.Bus;

    public static TimeSpan Interval { get; } = new PresenceOptions().Interval;

    public IReadOnlyList<string> Shards => _shards.Names;

    public static async Task<PresenceTown> StartAsync(int shards, int players, CancellationToken cancellationToken) => new(
        await Benchmarks.Shards.StartAsync(
            new ShardsSetup { Count = shards, WrapBus = bus => new CountingBus(bus, "presence.") }, cancellationToken),
        players);

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
            var answers = await Task.WhenAll(_shards.Hosts.Select(host => PresenceOf(host).GetAsync(all)));
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

    public ValueTask DisposeAsync() => _shards.DisposeAsync();

    private static IPresenceGrain PresenceOf(HostedShard host) => host.Grains.GetGrain<IPresenceGrain>(host.Name);

    private async Task ReportAsync(bool full, double share = 0)
    {
        _sequence++;
        foreach (var host in _shards.Hosts)
        {
            var online = _online[host.Name];
            var changed = _players[host.Name].Where(_ => _random.NextDouble() < share).ToList();
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
