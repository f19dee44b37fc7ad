using Game.Broadcast;
using Game.Contracts.Feeds;
using Game.Contracts.Friends;
using Game.Contracts.Identity;
using Game.Contracts.Presence;
using Game.Domain.Presence;
using Game.Grains.EventSourcing;
using Game.Grains.Feeds;
using Microsoft.Extensions.Logging;

namespace Game.Grains.Presence;

/// <summary>
/// Presence of one shard, in memory. Digests go straight to the bus with a time to live and not through the log: what is
/// outdated a moment later is not worth a durable event, and a lost digest is made good by those that follow.
/// </summary>
[Reentrant]
public sealed partial class PresenceGrain(
    IBroadcastBus bus,
    EventCodec codec,
    ShardIdentity shard,
    PresenceOptions options,
    TimeProvider clock,
    ILogger<PresenceGrain> logger) : ShardGrain, IPresenceGrain
{
    private const int LoadsAtATime = 32;

    /// <summary>Until every gateway has reported to a new activation: before that it would tell that nobody is online.</summary>
    private static readonly TimeSpan Silence = PresenceOptions.ReportInterval * 3;

    private readonly GatewayLeases _here = new();
    private readonly Dictionary<string, RemotePresence> _elsewhere = new(StringComparer.Ordinal);
    private readonly FriendWatch _watch = new();
    private readonly HashSet<string> _toLoad = new(StringComparer.Ordinal);
    private PresenceDigests _digests = new(0);
    private DateTimeOffset _speaksFrom;
    private Task _telling = Task.CompletedTask;
    private Task _loading = Task.CompletedTask;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        _digests = new PresenceDigests(now.UtcTicks);
        _speaksFrom = now + Silence;
        this.RegisterGrainTimer(
            static (self, _) => self.TickAsync(),
            this,
            new GrainTimerCreationOptions { DueTime = options.Interval, Period = options.Interval });
        return base.OnActivateAsync(cancellationToken);
    }

    public Task<bool> ReportAsync(PresenceReport report)
    {
        var complete = _here.Report(report, clock.GetUtcNow(), out var changes);
        foreach (var (player, online) in changes)
        {
            ChangeHere(player, online);
        }

        LoadFriends();
        return Task.FromResult(complete);
    }

    public Task<IReadOnlyList<PlayerPresence>> GetAsync(IReadOnlyList<string> players) =>
        Task.FromResult<IReadOnlyList<PlayerPresence>>([.. players.Select(player => new PlayerPresence(player, IsOnline(player)))]);

    public Task HearAsync(string source, PresenceDigested digest)
    {
        if (!_elsewhere.TryGetValue(source, out var remote))
        {
            remote = new RemotePresence();
            _elsewhere.Add(source, remote);
        }

        foreach (var (ulid, online) in remote.Hear(digest, clock.GetUtcNow()))
        {
            TellWatchers($"{source}.{ulid}", online);
        }

        return Task.CompletedTask;
    }

    public Task FriendsChangedAsync(string player)
    {
        if (_here.IsOnline(player))
        {
            _toLoad.Add(player);
            LoadFriends();
        }

        return Task.CompletedTask;
    }

    private bool IsOnline(string player) => EntityId.TryParse(player, out var id)
        && (id.Shard == shard.Name
            ? _here.IsOnline(player)
            : _elsewhere.TryGetValue(id.Shard, out var remote) && remote.IsOnline(id.Ulid));

    private Task TickAsync()
    {
        var now = clock.GetUtcNow();
        foreach (var player in _here.Expire(now, PresenceOptions.GatewayPatience))
        {
            ChangeHere(player, false);
        }

        foreach (var (name, remote) in _elsewhere)
        {
            foreach (var ulid in remote.ExpireIfUnheard(now, options.Patience))
            {
                TellWatchers($"{name}.{ulid}", false);
            }
        }

        LoadFriends();
        if (now >= _speaksFrom && _digests.HasNews && _telling.IsCompleted)
        {
            _telling = TellAsync(_digests.Next(now));
        }

        return Task.CompletedTask;
    }

    private void ChangeHere(string player, bool online)
    {
        _digests.Set(EntityId.Parse(player).Ulid, online);
        if (online)
        {
            _toLoad.Add(player);
        }
        else
        {
            _watch.Set(player, []);
        }

        TellWatchers(player, online);
    }

    private void TellWatchers(string player, bool online)
    {
        foreach (var watcher in _watch.WatchersOf(player))
        {
            Feed.Push(
                GrainFactory,
                FeedTopics.Player(watcher),
                online ? "friend.online" : "friend.offline",
                new { playerId = player, at = clock.GetUtcNow() });
        }
    }

    private void LoadFriends()
    {
        if (_toLoad.Count > 0 && _loading.IsCompleted)
        {
            _loading = LoadFriendsAsync();
        }
    }

    private async Task LoadFriendsAsync()
    {
        while (_toLoad.Count > 0)
        {
            var batch = _toLoad.Take(LoadsAtATime).ToList();
            _toLoad.ExceptWith(batch);
            try
            {
                await Task.WhenAll(batch.Select(LoadFriendsAsync));
            }
            catch (Exception exception)
            {
                // The next tick tries again.
                LogNotLoaded(logger, batch.Count, exception);
                _toLoad.UnionWith(batch.Where(_here.IsOnline));
                return;
            }
        }
    }

    private async Task LoadFriendsAsync(string player)
    {
        var list = await GrainFactory.GetGrain<IFriendListGrain>(player).GetAsync();
        if (_here.IsOnline(player))
        {
            _watch.Set(player, [.. list.Friends.Select(friend => friend.PlayerId)]);
        }
    }

    private async Task TellAsync(PresenceDigested digest)
    {
        try
        {
            var data = codec.Encode(digest);
            await bus.PublishAsync(new BroadcastMessage(
                $"{shard.Name}/presence/{digest.Epoch}/{digest.Version}",
                Exchanges.Digests,
                $"presence.{shard.Name}",
                shard.Name,
                digest.Version,
                $"presence/{shard.Name}",
                data.Type,
                data.SchemaVersion,
                data.Body,
                options.Patience));
        }
        catch (BroadcastException exception)
        {
            // Not repeated: the next digest is due already, and each bucket has its turn.
            LogNotTold(logger, digest.Version, exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Presence digest {Version} was not published.")]
    private static partial void LogNotTold(ILogger logger, long version, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The friends of {Count} players could not be read; again in a moment.")]
    private static partial void LogNotLoaded(ILogger logger, int count, Exception exception);
}
