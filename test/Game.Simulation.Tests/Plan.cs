namespace Game.Simulation.Tests;

/// <summary>What a seed stands for: how large the world is, what its players do, and what goes wrong.</summary>
internal sealed record Plan
{
    public required int Seed { get; init; }

    public required int Shards { get; init; }

    public required int Players { get; init; }

    /// <summary>Guilds the players try to keep in being.</summary>
    public required int Guilds { get; init; }

    public required int ActionsPerPlayer { get; init; }

    public required BusFaults Bus { get; init; }

    public required StoreFaults Store { get; init; }

    /// <summary>Mean seconds between two deaths or restarts of shards; 0: none.</summary>
    public required double MeanSecondsBetweenKills { get; init; }

    /// <summary>How probable it is that a shard stays down for longer than wars wait for it.</summary>
    public required double LongDowntime { get; init; }

    /// <summary>Offers that nobody has answered are left to expire while every shard is down for more than a day.</summary>
    public required bool LongOutage { get; init; }

    /// <summary>World bosses that appear while they play.</summary>
    public required int Bosses { get; init; }

    /// <summary>How probable it is that a killed silo lives on for a while, unseen from outside, beside the new one.</summary>
    public required double Ghosts { get; init; }

    /// <summary>Whether the streams of analytics outlive silos, as over Kafka; if not they are in memory.</summary>
    public required bool KeepsStreams { get; init; }

    /// <summary>What is planted around the product.</summary>
    public required Defect Defect { get; init; }

    public static Plan Of(int seed, Defect defect = Defect.None)
    {
        var random = new Random(seed);
        var stormy = random.Next(4) != 0;
        return new Plan
        {
            Seed = seed,
            Shards = random.Next(12) == 0 ? random.Next(9, 21) : random.Next(2, 9),
            Players = random.Next(4, 17),
            Guilds = random.Next(2, 6),
            ActionsPerPlayer = random.Next(8, 25),
            Bus = stormy ? BusFaults.Draw(random) : BusFaults.None,
            Store = stormy && random.Next(2) == 0 ? StoreFaults.Draw(random) : StoreFaults.None,
            MeanSecondsBetweenKills = stormy && random.Next(4) != 0 ? 2 + (random.NextDouble() * 20) : 0,
            LongDowntime = random.Next(4) == 0 ? 0.3 : 0,
            LongOutage = random.Next(8) == 0,
            Bosses = random.Next(3),
            Ghosts = random.Next(2) == 0 ? random.NextDouble() : 0,
            KeepsStreams = random.Next(2) == 0,
            Defect = defect,
        };
    }
}
