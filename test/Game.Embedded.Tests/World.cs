using System.Collections.Concurrent;

namespace Game.Embedded.Tests;

/// <summary>What the grains of a test share: their durable state and what they have seen. Safe for concurrent use.</summary>
public sealed class World
{
    private readonly ConcurrentDictionary<string, int> _active = new();

    /// <summary>Stored balances, by grain.</summary>
    public ConcurrentDictionary<string, long> Stored { get; } = new();

    /// <summary>How often each command was carried out.</summary>
    public ConcurrentDictionary<string, int> Commands { get; } = new();

    /// <summary>What went wrong; empty in a correct host.</summary>
    public ConcurrentQueue<string> Violations { get; } = new();

    /// <summary>What happened, in order. Only meaningful under simulation.</summary>
    public ConcurrentQueue<string> History { get; } = new();

    public void Enter(string key)
    {
        if (_active.AddOrUpdate(key, 1, static (_, count) => count + 1) != 1)
        {
            Violations.Enqueue($"{key}: two activations at once");
        }
    }

    public void Leave(string key) => _active.AddOrUpdate(key, -1, static (_, count) => count - 1);
}

public interface IAccountGrain : IGrainWithStringKey
{
    /// <summary>Adds, in several turns, and sometimes ends the activation; gives the new balance.</summary>
    Task<long> AddAsync(string command, long amount, int turns, bool thenDeactivate);

    /// <summary>Moves from here to another account, which answers before this one does.</summary>
    Task MoveAsync(string command, string to, long amount);

    [OneWay]
    Task AddOneWayAsync(string command, long amount);

    [ReadOnly]
    Task<long> GetAsync();
}

/// <summary>An account that would lose money if turns overlapped, were lost or were run twice.</summary>
public sealed class AccountGrain(World world, IEnumerable<TimeProvider> clocks) : Grain, IAccountGrain
{
    private readonly TimeProvider _clock = clocks.FirstOrDefault() ?? TimeProvider.System;
    private long _balance;
    private int _running;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        world.Enter(this.GetPrimaryKeyString());
        _balance = world.Stored.GetValueOrDefault(this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await Task.Yield();
        world.Stored[this.GetPrimaryKeyString()] = _balance;
        world.Leave(this.GetPrimaryKeyString());
    }

    public async Task<long> AddAsync(string command, long amount, int turns, bool thenDeactivate)
    {
        Begin(command);
        var before = _balance;
        for (var i = 0; i < turns; i++)
        {
            if (i == 2)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), _clock);
            }
            else
            {
                await Task.Yield();
            }
        }

        _balance = before + amount;
        if (thenDeactivate)
        {
            DeactivateOnIdle();
        }

        _running--;
        return _balance;
    }

    public async Task MoveAsync(string command, string to, long amount)
    {
        Begin(command);
        _balance -= amount;
        await GrainFactory.GetGrain<IAccountGrain>(to).AddAsync(command + "/to", amount, 1, false);
        _running--;
    }

    public Task AddOneWayAsync(string command, long amount)
    {
        Begin(command);
        _balance += amount;
        _running--;
        return Task.CompletedTask;
    }

    public Task<long> GetAsync() => Task.FromResult(_balance);

    private void Begin(string command)
    {
        world.History.Enqueue($"{this.GetPrimaryKeyString()}: {command}");
        if (++_running != 1)
        {
            world.Violations.Enqueue($"{this.GetPrimaryKeyString()}: {command} overlaps");
        }

        if (world.Commands.AddOrUpdate(command, 1, static (_, count) => count + 1) != 1)
        {
            world.Violations.Enqueue($"{command} ran twice");
        }
    }
}
