using Microsoft.Extensions.DependencyInjection;

namespace Game.Embedded.Tests;

/// <summary>Random traffic on a few accounts, and the check that the host neither lost, repeated nor overlapped anything.</summary>
internal static class Traffic
{
    private const int Accounts = 7;

    public static EmbeddedSilo CreateSilo(World world, Action<EmbeddedSiloOptions>? configure = null)
    {
        var services = new ServiceCollection().AddSingleton(world);
        var options = new EmbeddedSiloOptions { GrainTypes = { typeof(AccountGrain) } };
        configure?.Invoke(options);
        if (options.Scheduler is SimulationScheduler simulation)
        {
            services.AddSingleton(simulation.TimeProvider);
        }

        options.Services = services.BuildServiceProvider();
        return new EmbeddedSilo(options);
    }

    /// <summary>Starts the silo, lets <paramref name="clients"/> work at once, stops it and gives what should not have happened.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(
        EmbeddedSilo silo, World world, int seed, int clients, int commands, Func<Func<Task>, Task> start)
    {
        await silo.StartAsync();
        var expected = await Task.WhenAll(Enumerable.Range(0, clients).Select(async client =>
        {
            var total = 0L;
            await start(async () => total = await WorkAsync(silo.GrainFactory, new Random(HashOf(seed, client)), $"c{client}", commands));
            return total;
        }));
        await silo.StopAsync();

        var sent = world.Commands.Count;
        var errors = world.Violations.ToList();
        if (world.Stored.Values.Sum() != expected.Sum())
        {
            errors.Add($"stored {world.Stored.Values.Sum()}, expected {expected.Sum()}");
        }

        var missing = Enumerable.Range(0, clients).SelectMany(client => Enumerable.Range(0, commands).Select(i => $"c{client}.{i}"))
            .Where(command => !world.Commands.ContainsKey(command)).ToList();
        if (missing.Count > 0)
        {
            errors.Add($"{missing.Count} of {sent} commands never ran, among them {missing[0]}");
        }

        return errors;
    }

    private static int HashOf(int seed, int client) => unchecked((seed * 397) ^ (client * 7919));

    private static async Task<long> WorkAsync(IGrainFactory grains, Random random, string client, int commands)
    {
        var total = 0L;
        var pending = new List<Task>();
        for (var i = 0; i < commands; i++)
        {
            var grain = grains.GetGrain<IAccountGrain>($"a{random.Next(Accounts)}");
            var command = $"{client}.{i}";
            var amount = random.Next(-50, 100);
            switch (random.Next(6))
            {
                case 0:
                    await grain.AddOneWayAsync(command, amount);
                    total += amount;
                    break;
                case 1:
                    // Only from a lower to a higher account, so that movements cannot deadlock.
                    var from = random.Next(Accounts - 1);
                    pending.Add(grains.GetGrain<IAccountGrain>($"a{from}").MoveAsync(command, $"a{random.Next(from + 1, Accounts)}", amount));
                    break;
                default:
                    pending.Add(grain.AddAsync(command, amount, random.Next(4), thenDeactivate: random.Next(10) == 0));
                    total += amount;
                    break;
            }

            if (random.Next(3) == 0)
            {
                await Task.WhenAll(pending);
                pending.Clear();
                await grain.GetAsync();
            }
        }

        await Task.WhenAll(pending);
        return total;
    }
}
