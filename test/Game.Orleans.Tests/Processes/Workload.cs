using System.Collections.Concurrent;
using System.Diagnostics;
using Game.Contracts.Identity;
using Game.Contracts.Players;
using Game.EventStore.Postgres;

namespace Game.Orleans.Tests.Processes;

/// <summary>
/// Players who are given experience, one point a command, each command sent again with its id until it is answered: what they
/// have in the end is how many commands there were.
/// </summary>
internal sealed class Workload
{
    private const int Players = 32;
    private const string Stream = "player/";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(20);

    private readonly string[] _ids;
    private readonly long[] _answered = new long[Players];
    private readonly ConcurrentQueue<TimeSpan> _durations = new();
    private readonly CancellationTokenSource _enough = new();
    private Task _running = Task.CompletedTask;
    private int _repeated;

    /// <param name="shards">How many shards the players are spread over.</param>
    public Workload(int shards = 1) => _ids =
    [
        .. Enumerable.Range(0, Players).Select(i => EntityId.New(ShardId.Numbered((i % shards) + 1), DateTimeOffset.UtcNow).ToString()),
    ];

    /// <summary>Commands answered.</summary>
    public long Answered => _answered.Sum(count => Volatile.Read(in count));

    /// <param name="entries">Ways to the grains of a shard, taken in turn.</param>
    public async Task StartAsync(params Func<string, IGrainFactory>[] entries)
    {
        await Task.WhenAll(_ids.Select(async (id, i) =>
        {
            var started = Stopwatch.GetTimestamp();
            while (!await TryAsync(Grain(entries[i % entries.Length], id), new RegisterPlayer("register", $"Player{i}", 0)))
            {
                Assert.True(Stopwatch.GetElapsedTime(started) < Patience, $"Player{i} cannot be registered.");
                await Task.Delay(RetryDelay, TestContext.Current.CancellationToken);
            }
        }));
        _running = Task.WhenAll(Enumerable.Range(0, Players).Select(i => Task.Run(() => PlayAsync(i, entries))));
    }

    /// <summary>Waits until so many more commands are answered: the shard is at work.</summary>
    public async Task WaitForMoreAsync(int commands)
    {
        var goal = Answered + commands;
        while (Answered < goal)
        {
            Assert.False(_running.IsFaulted, _running.Exception?.ToString());
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Stops, and compares what was answered with what is stored and, unless null, with what the grains say.</summary>
    public async Task VerifyAsync(IReadOnlyList<string> databases, Func<string, IGrainFactory>? grains)
    {
        await _enough.CancelAsync();
        await _running;
        var ordered = _durations.Order().ToList();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Answered} commands, {_repeated} sent again; p50 {ordered[ordered.Count / 2].TotalMilliseconds:F1} ms, p99 {ordered[ordered.Count * 99 / 100].TotalMilliseconds:F0} ms, slowest {ordered[^1].TotalMilliseconds:F0} ms");
        for (var i = 0; i < Players; i++)
        {
            await using var store = await PostgresEventStore.OpenAsync(databases[i % databases.Count]);
            var commands = new List<string>();
            await foreach (var stored in store.ReadAsync(Stream + _ids[i]))
            {
                if (stored.Type == "player.experience-gained")
                {
                    commands.Add(stored.CommandId);
                }
            }

            Assert.Equal(Enumerable.Range(0, (int)_answered[i]).Select(number => $"c{number}"), commands);
            if (grains is not null)
            {
                Assert.Equal(_answered[i], (await ReadAsync(Grain(grains, _ids[i]))).Experience);
            }
        }
    }

    private static IPlayerGrain Grain(Func<string, IGrainFactory> entry, string id) => entry(EntityId.ShardOf(id)).GetGrain<IPlayerGrain>(id);

    private async Task PlayAsync(int player, Func<string, IGrainFactory>[] entries)
    {
        while (!_enough.IsCancellationRequested)
        {
            var started = Stopwatch.GetTimestamp();
            for (var attempt = _answered[player]; !await TryAsync(Grain(entries[attempt % entries.Length], _ids[player]), new AwardExperience($"c{_answered[player]}", 1, "quest")); attempt++)
            {
                Interlocked.Increment(ref _repeated);
                await Task.Delay(RetryDelay);
            }

            _durations.Enqueue(Stopwatch.GetElapsedTime(started));
            Volatile.Write(ref _answered[player], _answered[player] + 1);
        }
    }

    /// <returns>False if it is to be sent again: the silo or the store did not answer.</returns>
    private static async Task<bool> TryAsync(IPlayerGrain grain, PlayerCommand command)
    {
        try
        {
            var outcome = await grain.HandleAsync(command);
            Assert.True(outcome.Refusal is null or { Kind: Contracts.RefusalKind.Unavailable }, outcome.Refusal?.Detail);
            return outcome.Accepted;
        }
        catch (Exception exception) when (MayPass(exception))
        {
            return false;
        }
    }

    /// <summary>What a grain says, asked again while its silo or its store does not answer.</summary>
    private static async Task<PlayerView> ReadAsync(IPlayerGrain grain)
    {
        for (var started = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                return (await grain.GetAsync())!;
            }
            catch (Exception exception) when (MayPass(exception) && Stopwatch.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(RetryDelay, TestContext.Current.CancellationToken);
            }
        }
    }

    private static bool MayPass(Exception exception) =>
        exception is OrleansException or TimeoutException or EventStore.EventStoreException or OperationCanceledException;
}
