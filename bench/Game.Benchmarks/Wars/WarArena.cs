using System.Diagnostics;
using System.Text.Json;
using Game.Broadcast;
using Game.Contracts.Broadcast;
using Game.Contracts.Feeds;
using Game.Contracts.Guilds;
using Game.Contracts.Identity;
using Game.Contracts.Players;
using Game.Contracts.Wars;
using Game.Grains.EventSourcing;
using Game.Grains.Hosting;

namespace Game.Benchmarks.Wars;

/// <summary>Shards in one process with a war under way, and a listener for its scoreboard on each of them.</summary>
internal sealed class WarArena : IAsyncDisposable
{
    private readonly Shards _shards;
    private readonly List<Listener> _listeners = [];
    private string _war = "";
    private string _fighter = "";
    private long _points;
    private int _strikes;

    private WarArena(Shards shards)
    {
        _shards = shards;
    }

    public string Folder => _shards.Folder;

    /// <param name="shards">At least 2.</param>
    /// <param name="openBus">What joins them; null: the in-process bus.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<WarArena> StartAsync(
        int shards, Func<CancellationToken, Task<IBroadcastBus>>? openBus, CancellationToken cancellationToken)
    {
        var arena = new WarArena(await Shards.StartAsync(new ShardsSetup { Count = shards, OpenBus = openBus }, cancellationToken));
        try
        {
            await arena.BeginWarAsync(cancellationToken);
            return arena;
        }
        catch
        {
            await arena.DisposeAsync();
            throw;
        }
    }

    /// <summary>Strikes one after the other; each waits until every shard shows it.</summary>
    /// <returns>Milliseconds, sorted; and messages (published and delivered) a strike.</returns>
    public async Task<(double[] Latencies, double MessagesAStrike)> MeasureAsync(int strikes, CancellationToken cancellationToken)
    {
        var published = await PublishedAsync();
        var heard = _listeners.Sum(listener => listener.Heard);
        var latencies = new double[strikes];
        for (var i = 0; i < strikes; i++)
        {
            _points += 1;
            var everywhere = Task.WhenAll(_listeners.Select(listener => listener.ReachAsync(_points)));
            var started = Stopwatch.GetTimestamp();
            var answer = await Home(_fighter).GetGrain<IPlayerGrain>(_fighter).StrikeAsync($"strike-{++_strikes}", _war, 1);
            Require(answer.Accepted, answer.Refusal?.Detail);
            await everywhere.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
            latencies[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        Array.Sort(latencies);
        var messages = await PublishedAsync() - published + _listeners.Sum(listener => listener.Heard) - heard;
        return (latencies, (double)messages / strikes);
    }

    public ValueTask DisposeAsync() => _shards.DisposeAsync();

    private static void Require(bool holds, string? why)
    {
        if (!holds)
        {
            throw new InvalidOperationException(why);
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> holds, CancellationToken cancellationToken)
    {
        while (!await holds())
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private IGrainFactory Home(string id) => _shards.Of(EntityId.ShardOf(id)).Grains;

    private async Task BeginWarAsync(CancellationToken cancellationToken)
    {
        var red = await FoundAsync(_shards.Hosts[0], "Reds", cancellationToken);
        var blue = await FoundAsync(_shards.Hosts[1], "Blues", cancellationToken);
        _fighter = blue.Leader;
        _war = EntityId.New(_shards.Hosts[0].Name, DateTimeOffset.UtcNow).ToString();
        var held = await Home(red.Guild).GetGrain<IGuildGrain>(red.Guild)
            .HandleAsync(new HoldWager("declare", red.Leader, _war, blue.Guild, 1, 3600));
        Require(held.Accepted, held.Refusal?.Detail);
        var defender = Home(blue.Guild).GetGrain<IGuildGrain>(blue.Guild);
        await UntilAsync(async () => (await defender.GetAsync())!.Wars.Count == 1, cancellationToken);
        var accepted = await defender.HandleAsync(new AcceptWar("accept", blue.Leader, _war));
        Require(accepted.Accepted, accepted.Refusal?.Detail);
        foreach (var host in _shards.Hosts)
        {
            await UntilAsync(async () => await host.Grains.GetGrain<IWarFrontGrain>(_war).GetAsync() is not null, cancellationToken);
            var listener = new Listener();
            _listeners.Add(listener);
            await host.Grains.GetGrain<IFeedGrain>(FeedTopics.War(_war))
                .SubscribeAsync(host.Grains.CreateObjectReference<IFeedObserver>(listener));
        }
    }

    private static async Task<(string Leader, string Guild)> FoundAsync(HostedShard host, string name, CancellationToken cancellationToken)
    {
        var leader = EntityId.New(host.Name, DateTimeOffset.UtcNow).ToString();
        var guild = EntityId.New(host.Name, DateTimeOffset.UtcNow).ToString();
        var player = host.Grains.GetGrain<IPlayerGrain>(leader);
        await player.HandleAsync(new RegisterPlayer("register", name, 1000));
        var founding = await player.HandleAsync(new RequestGuildFounding("found", guild, name, "TAG", JoinPolicy.Open));
        Require(founding.Accepted, founding.Refusal?.Detail);
        await UntilAsync(async () => (await player.GetAsync())!.Membership == MembershipStatus.Member, cancellationToken);
        return (leader, guild);
    }

    private async Task<long> PublishedAsync()
    {
        var statuses = await Task.WhenAll(_shards.Hosts.Select(
            host => host.Grains.GetGrain<IBroadcastPublisherGrain>(Exchanges.Guild).GetStatusAsync()));
        return statuses.Sum(status => status.Published);
    }

    /// <summary>Hears a shard's scoreboards.</summary>
    private sealed class Listener : IFeedObserver
    {
        private readonly Lock _lock = new();
        private TaskCompletionSource _reached = new();
        private long _wanted = long.MaxValue;
        private long _heard;

        public long Heard => Interlocked.Read(ref _heard);

        /// <summary>Completes with the first scoreboard of so many points or more.</summary>
        public Task ReachAsync(long points)
        {
            lock (_lock)
            {
                _wanted = points;
                _reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return _reached.Task;
            }
        }

        public Task OnPushAsync(FeedMessage message)
        {
            if (message.Type == "war.scoreboard")
            {
                Interlocked.Increment(ref _heard);
                var scoreboard = JsonSerializer.Deserialize<Scoreboard>(message.Json, EventCodec.Json)!;
                lock (_lock)
                {
                    if (scoreboard.Total.Attacker + scoreboard.Total.Defender >= _wanted)
                    {
                        _reached.TrySetResult();
                    }
                }
            }

            return Task.CompletedTask;
        }
    }
}
