using Game.Contracts.Broadcast;
using Game.Contracts.Identity;
using Game.Contracts.Wars;
using Game.Domain.Wars;
using Game.Domain.WorldEvents;
using Game.Grains.Broadcast.Chains;
using Game.Grains.EventSourcing;

namespace Game.Simulation.Tests;

/// <summary>
/// One seed's world from its first player to its rest: shards on one scheduler and one virtual clock, joined by nothing
/// but the bus.
/// </summary>
internal sealed class World : IDisposable
{
    private static readonly TimeSpan RestLimit = TimeSpan.FromMinutes(10);

    private const long EndlessLoop = 2_000_000;

    private bool _storming;
    private Exception? _failure;

    public World(Plan plan, TextWriter? traceCopy = null)
    {
        Plan = plan;
        Scheduler = new SimulationScheduler((ulong)plan.Seed) { MaxTurnsPerInstant = EndlessLoop };
        Trace = new Trace(Clock, traceCopy);
        StoreFaults = plan.Store;
        Bus = new SimulatedBus(this, plan.Bus);
        string[] names = [.. Enumerable.Range(1, plan.Shards).Select(ShardId.Numbered)];
        Shards = names.ToDictionary(name => name, name => new ShardNode(this, name, names), StringComparer.Ordinal);
        Names = names;
    }

    public Plan Plan { get; }

    public SimulationScheduler Scheduler { get; }

    public TimeProvider Clock => Scheduler.TimeProvider;

    public Random Random => Scheduler.Random;

    public Trace Trace { get; }

    public SimulatedBus Bus { get; }

    public StoreFaults StoreFaults { get; private set; }

    public IReadOnlyDictionary<string, ShardNode> Shards { get; }

    /// <summary>The shards' names, in order.</summary>
    public IReadOnlyList<string> Names { get; }

    public Ledger Ledger { get; } = new();

    /// <summary>Ids of guilds that somebody has asked to found.</summary>
    public List<string> Guilds { get; } = [];

    /// <summary>Ids of registered players.</summary>
    public List<string> Players { get; } = [];

    /// <summary>Ids of world bosses that have been scheduled.</summary>
    public List<string> Bosses { get; } = [];

    /// <summary>The world events of a world at rest.</summary>
    public IReadOnlyList<WorldEvent> Events { get; private set; } = [];

    /// <summary>The wars of a world at rest.</summary>
    public IReadOnlyList<GuildWar> Wars { get; private set; } = [];

    /// <summary>Lives the seed through and checks what must hold at the end.</summary>
    /// <exception cref="RuleBrokenException">A rule does not hold.</exception>
    public void Live() => Scheduler.Run(LiveAsync, TimeSpan.FromDays(3));

    public bool Happens(double probability) => probability > 0 && Random.NextDouble() < probability;

    public Task DelayAsync(TimeSpan time) => Task.Delay(time, Clock);

    /// <summary>Runs something beside the rest; its failure fails the world.</summary>
    public void Run(Func<Task> code) => _ = Scheduler.Start(async () =>
    {
        try
        {
            await code();
        }
        catch (Exception exception)
        {
            _failure ??= exception;
        }
    });

    public string NewId(string shard)
    {
        Span<byte> random = stackalloc byte[10];
        Random.NextBytes(random);
        return new EntityId(shard, Ulid.From(Clock.GetUtcNow(), random)).ToString();
    }

    /// <summary>What goes wrong with the deliveries of a silo's streams.</summary>
    public void SetUp(SimulatedStreams streams)
    {
        streams.Delay = () => TimeSpan.FromMilliseconds(Random.NextDouble() * 5);
        streams.Repeats = () => _storming && Happens(Plan.Bus.AckLost);
        streams.Commits = () => !_storming || Random.Next(2) == 0;
        streams.CommitsEarly = Plan.Defect == Defect.DeliveryCommittedEarly;
    }

    public void Dispose() => Trace.Dispose();

    private async Task LiveAsync()
    {
        await StartAllAsync();
        _storming = true;
        if (Plan.MeanSecondsBetweenKills > 0)
        {
            Run(StormAsync);
        }

        await Task.WhenAll(
        [
            .. Enumerable.Range(0, Plan.Bosses).Select(number => Scheduler.Start(new Operator(this, number).LiveAsync)),
            .. Enumerable.Range(0, Plan.Players).Select(number => Scheduler.Start(() => new PlayerClient(this, number).LiveAsync())),
        ]);
        ThrowIfFailed();
        await CalmAsync();
        await SettleDownAsync(FindTrafficAsync);
        await CloseOffersAsync();
        await SettleDownAsync(async () => await FindTrafficAsync() ?? await FindOpenEndAsync());
        if (Plan.Ghosts > 0)
        {
            // What a silo wrote that was taken for dead, a grain that was active beside it does not know until it writes or is idle.
            await DelayAsync(ShardNode.CollectionAge * 2);
        }

        (Wars, Events) = await new RuleBook(this).CheckAsync();
        Trace.Add($"at rest");
    }

    private async Task StartAllAsync()
    {
        var declared = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var starting = Shards.Values.Select(node => Scheduler.Start(() => node.StartAsync(declared.Task))).ToList();

        // Queues are declared within moments; none starts to send before.
        await DelayAsync(TimeSpan.FromMilliseconds(500));
        declared.SetResult();
        await Task.WhenAll(starting);
    }

    private async Task StormAsync()
    {
        while (true)
        {
            await DelayAsync(TimeSpan.FromSeconds(-Math.Log(1 - Random.NextDouble()) * Plan.MeanSecondsBetweenKills));
            if (!_storming)
            {
                return;
            }

            var node = Shards[Names[Random.Next(Names.Count)]];
            if (node.Grains is null)
            {
                continue;
            }

            Run(async () =>
            {
                if (Random.Next(4) == 0)
                {
                    await node.StopAsync();
                }
                else
                {
                    node.Kill();
                }

                await DelayAsync(Happens(Plan.LongDowntime)
                    ? WarLimits.SettleWithin * (1 + Random.NextDouble())
                    : TimeSpan.FromSeconds(Random.NextDouble() * 8));
                await node.StartAsync();
            });
        }
    }

    private async Task CalmAsync()
    {
        Trace.Add($"calm");
        _storming = false;
        StoreFaults = StoreFaults.None;
        Bus.Faults = BusFaults.None;
        while (Shards.Values.Any(node => node.Grains is null || node.Ghosts > 0))
        {
            await DelayAsync(TimeSpan.FromSeconds(1));
            ThrowIfFailed();
        }
    }

    /// <summary>Wars that nobody has answered: taken back, or left to expire while the world is down.</summary>
    private async Task CloseOffersAsync()
    {
        if (Plan.LongOutage)
        {
            foreach (var node in Shards.Values)
            {
                node.Kill();
            }

            await DelayAsync(WarLimits.AnswerWithin + TimeSpan.FromHours(1));
            foreach (var node in Shards.Values)
            {
                await node.StartAsync();
            }

            return;
        }

        foreach (var node in Shards.Values)
        {
            foreach (var war in (await node.ReadLogAsync()).Keys(StreamName.War))
            {
                var cancel = new CancelWar("close", null, "The simulation ends.");
                await node.Grains!.GetGrain<IGuildWarGrain>(war).HandleAsync(cancel);
            }
        }
    }

    /// <param name="findUnrest">Says what is still going on; null if nothing.</param>
    private async Task SettleDownAsync(Func<Task<string?>> findUnrest)
    {
        var limit = Clock.GetUtcNow() + RestLimit;
        var unrest = "";
        while (Clock.GetUtcNow() < limit)
        {
            await DelayAsync(TimeSpan.FromSeconds(2));
            ThrowIfFailed();
            if (await findUnrest() is not { } found)
            {
                return;
            }

            unrest = found;
        }

        throw new RuleBrokenException($"The world does not come to rest: {unrest}.");
    }

    private async Task<string?> FindTrafficAsync()
    {
        foreach (var node in Shards.Values)
        {
            if (!await node.IsPublishedAsync())
            {
                return $"{node.Name} has not published all of its log";
            }

            if (!node.HasDelivered)
            {
                return $"{node.Name} has not delivered all of its streams";
            }
        }

        if (Bus.Late > 0)
        {
            return "something of a connection that has ended is under way";
        }

        // What a purge took with nothing after it is missed when the shards next tell each other what they have heard.
        if (Clock.GetUtcNow() - Bus.Purged < Resync.MaxInterval + Resync.Interval)
        {
            return "a queue was purged a moment ago";
        }

        foreach (var node in Shards.Values)
        {
            if ((await node.Grains!.GetGrain<IBroadcastInboxGrain>(node.Name).GetStatusAsync()).Open is [var open, ..])
            {
                return $"{node.Name} misses something: {open}";
            }
        }

        return Bus.Queues.FirstOrDefault(queue => queue.Depth is not { Ready: 0, Unacknowledged: 0 }) is { } busy
            ? $"{busy.Name} holds {busy.Depth}"
            : null;
    }

    private async Task<string?> FindOpenEndAsync()
    {
        foreach (var node in Shards.Values)
        {
            var log = await node.ReadLogAsync();
            if (log.Wars().FirstOrDefault(war => war.IsOpen) is { } open)
            {
                return $"war {open.Id} is {open.Status}";
            }

            if (log.Events().FirstOrDefault(worldEvent => worldEvent.IsOpen) is { } running)
            {
                return $"event {running.Id} is {running.Status}";
            }

            if (log.EventFronts().FirstOrDefault(front => front.RewardsDue) is { } unpaid)
            {
                return $"event {unpaid.EventId} on {node.Name} has not paid its rewards";
            }

            if (log.Fronts().FirstOrDefault(front => front.AwardsDue) is { } due)
            {
                return $"front {due.WarId} on {node.Name} has not paid its awards";
            }
        }

        return null;
    }

    private void ThrowIfFailed()
    {
        if (_failure is not null)
        {
            throw new RuleBrokenException($"Something failed: {_failure}", _failure);
        }
    }
}
