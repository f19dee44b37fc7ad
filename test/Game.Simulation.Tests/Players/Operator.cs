using Game.Contracts.WorldEvents;
using Game.Domain.WorldEvents;
using Game.Grains.EventSourcing;

namespace Game.Simulation.Tests;

/// <summary>Lets one world boss appear, at any time, on whatever shard coordinates it; now and then calls it off.</summary>
internal sealed class Operator(World world, int number)
{
    private readonly CommandSender _sender = new(world, $"operator{number}");

    public async Task LiveAsync()
    {
        await ThinkAsync(20);
        var shard = world.Names[world.Random.Next(world.Names.Count)];
        var plan = WorldEventPlan.Of(
            WorldEventKind.WorldBoss,
            "Dragon",
            world.Clock.GetUtcNow() + TimeSpan.FromSeconds(world.Random.NextDouble() * 20),
            TimeSpan.FromSeconds(world.Random.Next(0, 20)),
            TimeSpan.FromSeconds(world.Random.Next(5, 60)),
            1,
            world.Random.Next(50, 2500),
            world.Random.Next(0, 5000));
        var boss = WorldEventSchedule.IdOf(shard, plan.StartsAt, $"operator{number}");
        if (!await SendAsync(shard, boss, new ScheduleWorldEvent(_sender.NextId(), "operator", plan)))
        {
            // A shard that was down for so long that the start is past: never scheduled.
            return;
        }

        world.Bosses.Add(boss);
        if (world.Random.Next(5) == 0)
        {
            await ThinkAsync(40);
            await SendAsync(shard, boss, new CancelWorldEvent(_sender.NextId(), "operator"));
        }
    }

    private async Task<bool> SendAsync(string shard, string boss, WorldEventCommand command) => (await _sender.SendAsync(
        shard,
        StreamName.Of(StreamName.WorldEvent, boss),
        command,
        grains => grains.GetGrain<IWorldEventGrain>(boss).HandleAsync(command))).Accepted;

    private Task ThinkAsync(double seconds) => world.DelayAsync(TimeSpan.FromSeconds(world.Random.NextDouble() * seconds));
}
