using Game.Broadcast;
using Game.Contracts.Broadcast;
using Game.EventStore;
using Game.Grains.Broadcast.Chains;
using Game.Grains.EventSourcing;
using Game.Grains.Shards;
using Microsoft.Extensions.Logging;

namespace Game.Grains.Broadcast;

/// <summary>
/// The marks of a shard: how far it has heard each source on each route and chain. A mark is durable before the bus hears that the
/// message is done, so that after a crash no gap is seen where none is.
/// </summary>
[Reentrant]
public sealed partial class BroadcastInboxGrain : ShardGrain, IBroadcastInboxGrain, IRemindable
{
    private const string KeepAwake = "resync";
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    /// <summary>A publisher that was not confirmed sends the same again by itself, and soon.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxAskAgain = TimeSpan.FromSeconds(40);

    private readonly EventSourcingServices _services;
    private readonly IBroadcastBus _bus;
    private readonly ShardIdentity _shard;
    private readonly KnownShards _shards;
    private readonly Dictionary<(string Route, string Source, string Chain), HeardChain> _chains = [];

    /// <summary>Chains that were heard of since the last look, and those that something is still to be done about.</summary>
    private readonly HashSet<(string Route, string Source, string Chain)> _open = [];

    /// <summary>Sources of which it is known what they have sent: what has no mark there has not begun.</summary>
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>All others there are. New ones are looked for when they are told what this has heard.</summary>
    private readonly HashSet<string> _unknown = new(StringComparer.Ordinal);

    /// <summary>Of sources that have answered: chains whose mark has not come yet.</summary>
    private readonly Dictionary<string, HashSet<(string Route, string Chain)>> _awaited = new(StringComparer.Ordinal);

    /// <summary>By source.</summary>
    private readonly Dictionary<string, Telling> _tellings = new(StringComparer.Ordinal);

    private DateTimeOffset? _greeted;
    private int _greetings;
    private DateTimeOffset? _told;
    private Task _telling = Task.CompletedTask;
    private long _number;
    private long _gaps;
    private long _healed;

    public BroadcastInboxGrain(EventSourcingServices services, IBroadcastBus bus, ShardIdentity shard, KnownShards shards)
    {
        _services = services;
        _bus = bus;
        _shard = shard;
        _shards = shards;
    }

    private DateTimeOffset Now => _services.Clock.GetUtcNow();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var sources = await _shards.GetAsync();
        foreach (var source in sources)
        {
            if (await _services.Store.ReadCursorAsync(Resync.KnownCursorOf(source), cancellationToken) > 0)
            {
                _known.Add(source);
            }
        }

        await Task.WhenAll(
            from route in BroadcastRoutes.All
            from source in sources
            from chain in (string[])[_shard.Name, BroadcastRoutes.AllShards]
            select FindAsync(route, source, chain));
        await this.KeepReminderAsync(KeepAwake);
        this.CallEvery(TimeSpan.Zero, LookInterval, static (self, _) => self.LookAsync());
    }

    public Task StartAsync() => Task.CompletedTask;

    public Task ReceiveReminder(string reminderName, TickStatus status) => Task.CompletedTask;

    public async Task<IReadOnlyList<ChainVerdict>> JudgeAsync(string route, IReadOnlyList<ChainStep> steps)
    {
        var places = steps.GroupBy(step => (step.Source, step.Chain)).ToDictionary(
            group => group.Key,
            IReadOnlySet<long> (group) => group.Where(step => step.Previous != step.Place).Select(step => step.Place).ToHashSet());
        var verdicts = new ChainVerdict[steps.Count];
        for (var i = 0; i < steps.Count; i++)
        {
            var step = steps[i];
            var chain = await OpenAsync(route, step.Source, step.Chain);
            if (step.Previous == step.Place)
            {
                chain.Expect(places[(step.Source, step.Chain)], step.Place);
                continue;
            }

            verdicts[i] = Watch(route, step, chain, () => chain.Judge(places[(step.Source, step.Chain)], step, Now));
            if (verdicts[i] != ChainVerdict.Next)
            {
                ChainMetrics.SetAside(route, verdicts[i] == ChainVerdict.Early ? "early" : "repeated");
            }
        }

        return verdicts;
    }

    public async Task SettleAsync(string route, IReadOnlyList<ChainStep> done)
    {
        foreach (var step in done)
        {
            var chain = await OpenAsync(route, step.Source, step.Chain);
            if (step.Previous == step.Place)
            {
                Watch(route, step, chain, () =>
                {
                    chain.Reach(step.Place, Now);
                    return true;
                });
            }
            else
            {
                chain.Settle(step.Place);
            }
        }

        var moved = done.Select(step => (route, step.Source, step.Chain)).Distinct()
            .Where(key => _chains[key] is var chain && chain.Mark > chain.Durable);
        await Task.WhenAll(moved.ToList().Select(key => WriteAsync(key, _chains[key])));
        foreach (var key in done.Select(step => (route, step.Source, step.Chain)).Distinct())
        {
            Heal(key, _chains[key]);
        }
    }

    public async Task WelcomeAsync(string source, string route, IReadOnlyList<ChainMark> sent)
    {
        var awaited = _awaited.TryGetValue(source, out var those) ? those : _awaited[source] = [];
        foreach (var (name, place) in sent)
        {
            var chain = await FindAsync(route, source, name);
            if (place == 0)
            {
                chain.Begin();
            }
            else if (chain.Durable == 0)
            {
                awaited.Add((route, name));
            }
        }
    }

    public Task<InboxStatus> GetStatusAsync() => Task.FromResult(new InboxStatus(
        _gaps,
        _healed,
        _chains.Where(entry => entry.Value.MissingSince is not null)
            .Select(entry => $"{entry.Key.Route} {entry.Key.Source} {entry.Key.Chain}").Order(StringComparer.Ordinal).ToList()));

    private static string CursorOf((string Route, string Source, string Chain) key) => $"inbox/{key.Route}/{key.Source}/{key.Chain}";

    private async Task<HeardChain> FindAsync(string route, string source, string chain)
    {
        var key = (route, source, chain);
        if (!_chains.TryGetValue(key, out var heard))
        {
            var mark = await _services.Store.ReadCursorAsync(CursorOf(key));
            if (!_chains.TryGetValue(key, out heard))
            {
                _chains.Add(key, heard = new HeardChain(mark, _known.Contains(source)));
                Meet(source);
            }
        }

        return heard;
    }

    /// <summary>As <see cref="FindAsync"/>, of a chain that something has come of.</summary>
    private async Task<HeardChain> OpenAsync(string route, string source, string chain)
    {
        var heard = await FindAsync(route, source, chain);
        _open.Add((route, source, chain));
        return heard;
    }

    private void Meet(string source)
    {
        if (!_known.Contains(source))
        {
            _unknown.Add(source);
        }
    }

    private T Watch<T>(string route, ChainStep step, HeardChain chain, Func<T> look)
    {
        var before = chain.MissingSince;
        var result = look();
        if (before is null && chain.MissingSince is not null)
        {
            _gaps++;
            ChainMetrics.GapSeen(route);
            LogGap(_services.Logger, route, step.Source, step.Chain, chain.Mark, step.Place);
        }

        return result;
    }

    private async Task WriteAsync((string Route, string Source, string Chain) key, HeardChain chain)
    {
        var mark = chain.Mark;
        try
        {
            await _services.Store.WriteCursorAsync(CursorOf(key), mark);
            chain.Durable = Math.Max(chain.Durable, mark);
        }
        catch (ArgumentException)
        {
            // Another activation of this grain is further.
            chain.Overtake(await _services.Store.ReadCursorAsync(CursorOf(key)));
        }
    }

    private void Heal((string Route, string Source, string Chain) key, HeardChain chain)
    {
        if (chain.TryHeal())
        {
            _healed++;
            ChainMetrics.GapHealed(key.Route);
            LogHealed(_services.Logger, key.Route, key.Source, key.Chain, chain.Mark);
        }
    }

    private async Task LookAsync()
    {
        try
        {
            // A mark that could not be written when its message was settled: the message does not come again to say so.
            foreach (var key in _open.ToList())
            {
                var chain = _chains[key];
                if (chain.Mark > chain.Durable)
                {
                    await WriteAsync(key, chain);
                }

                Heal(key, chain);
                if (chain.Mark <= chain.Durable && chain.MissingSince is null)
                {
                    _open.Remove(key);
                }
            }

            foreach (var key in _open.Where(key => IsDue(_chains[key])).ToList())
            {
                var chain = _chains[key];
                chain.AskedAt = Now;
                chain.Asked++;
                await _bus.PublishAsync(Resync.Resend(_shard.Name, key.Source, new ResendFrom(key.Route, key.Chain, chain.Mark), NextNumber()));
            }

            // Not waited for: one to each source takes long where there are many and the broker is slow, and gaps are to be asked for meanwhile.
            if (_telling.IsCompleted)
            {
                _telling = TellAsync();
            }
        }
        catch (Exception exception) when (exception is BroadcastException or TimeoutException or EventStoreException or OrleansException)
        {
            // Asked again when it is due the next time.
            LogNotAsked(_services.Logger, exception.Message);
        }
    }

    private async Task TellAsync()
    {
        try
        {
            await GreetAsync();
            if (_told is null || Now - _told >= Resync.Interval)
            {
                _told = Now;
                foreach (var source in await _shards.GetAsync())
                {
                    Meet(source);
                }

                await TellHeardAsync();
            }
        }
        catch (Exception exception) when (exception is BroadcastException or TimeoutException or EventStoreException or OrleansException)
        {
            // All are told again when it is due the next time.
            _tellings.Clear();
            LogNotAsked(_services.Logger, exception.Message);
        }
    }

    private bool IsDue(HeardChain chain) =>
        chain.MissingSince is { } since && Now - since >= Grace && IsDue(chain.AskedAt, chain.Asked);

    private bool IsDue(DateTimeOffset? last, int times)
    {
        var pause = AskAgain * (1 << Math.Clamp(times - 1, 0, 10));
        return last is not { } asked || Now - asked >= (pause > MaxAskAgain ? MaxAskAgain : pause);
    }

    /// <summary>Asks sources that are not known yet up to where they have sent, so that not even the first message is missed.</summary>
    private async Task GreetAsync()
    {
        foreach (var (source, _) in _awaited.Where(entry => entry.Value.All(
            chain => _chains[(chain.Route, entry.Key, chain.Chain)].Durable > 0)).ToList())
        {
            await _services.Store.WriteCursorAsync(Resync.KnownCursorOf(source), 1);
            _awaited.Remove(source);
            _known.Add(source);
            _unknown.Remove(source);
        }

        if (_unknown.Count == 0 || !IsDue(_greeted, _greetings))
        {
            return;
        }

        (_greeted, _greetings) = (Now, _greetings + 1);
        foreach (var source in _unknown.Order(StringComparer.Ordinal).ToList())
        {
            await _bus.PublishAsync(Resync.Hello(_shard.Name, source, NextNumber()));
        }
    }

    private async Task TellHeardAsync()
    {
        foreach (var source in _chains.Where(entry => entry.Value.IsFollowed).GroupBy(entry => entry.Key.Source).ToList())
        {
            if (!_tellings.TryGetValue(source.Key, out var telling))
            {
                _tellings.Add(source.Key, telling = new Telling());
            }

            if (!telling.TryTake(source.Sum(entry => entry.Value.Mark), Now))
            {
                continue;
            }

            var marks = source.GroupBy(entry => entry.Key.Route).ToDictionary(
                route => route.Key,
                IReadOnlyDictionary<string, long> (route) => route.ToDictionary(entry => entry.Key.Chain, entry => entry.Value.Mark));
            await _bus.PublishAsync(Resync.Heard(_shard.Name, source.Key, new HeardSoFar(marks), NextNumber()));
        }
    }

    private long NextNumber() => Now.UtcTicks + _number++;

    [LoggerMessage(Level = LogLevel.Error, Message = "Route {Route}: something of {Source} to {Chain} after {Mark} and before {Place} is missing; its source will be asked.")]
    private static partial void LogGap(ILogger logger, string route, string source, string chain, long mark, long place);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Route {Route}: nothing of {Source} to {Chain} is missing any more, up to {Mark}.")]
    private static partial void LogHealed(ILogger logger, string route, string source, string chain, long mark);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sources could not be asked for what is missing: {Reason}")]
    private static partial void LogNotAsked(ILogger logger, string reason);
}
