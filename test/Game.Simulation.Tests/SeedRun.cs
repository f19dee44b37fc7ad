using Game.Contracts.Wars;
using Game.Contracts.WorldEvents;

namespace Game.Simulation.Tests;

/// <summary>Runs one seed.</summary>
internal static class SeedRun
{
    public const string Argument = "run-seed";

    /// <returns>What happened: the trace's hash and size.</returns>
    /// <exception cref="RuleBrokenException">With the seed, the plan and the end of the trace.</exception>
    public static SeedResult Execute(int seed, Defect defect = Defect.None)
    {
        var plan = Plan.Of(seed, defect);
        var path = Environment.GetEnvironmentVariable("SIM_TRACE");
        using var copy = path is null ? null : new StreamWriter(path);
        using var world = new World(plan, copy);
        try
        {
            world.Live();
            return new SeedResult(
                world.Trace.Hash(),
                world.Scheduler.Turns,
                world.Ledger.Commands.Count,
                world.Ledger.Strikes.Count,
                world.Bus.Stored,
                world.Wars.Count(war => war.Status == WarStatus.Settled),
                world.Wars.Count(war => war.Status == WarStatus.Cancelled),
                world.Wars.Sum(war => war.ToView().Corrections),
                world.Ledger.BossStrikes.Count,
                world.Events.Count(worldEvent => worldEvent.Outcome?.Ending == WorldEventEnding.Killed),
                world.Events.Count(worldEvent => worldEvent.Outcome?.Ending != WorldEventEnding.Killed));
        }
        catch (Exception exception)
        {
            throw new RuleBrokenException(
                $"Seed {seed} breaks a rule; run it alone with SIM_SEED={seed}, and SIM_TRACE=FILE for its whole history.\n"
                + $"{exception.Message}\n{plan}\n{world.Trace.Tail()}",
                exception);
        }
    }

    public static int Print(int seed, Defect defect)
    {
        Console.WriteLine(Execute(seed, defect).Hash);
        return 0;
    }
}

/// <summary>What a seed came to.</summary>
internal sealed record SeedResult(
    string Hash, long Turns, int Commands, int Strikes, long Messages, int Settled, int Cancelled, int Corrections,
    int BossStrikes, int Kills, int Escapes)
{
    public override string ToString() =>
        $"{Commands} commands and {Strikes} strikes accepted, {Messages} messages, {Settled} wars settled, {Cancelled} not fought, {Corrections} corrections, "
        + $"{BossStrikes} strikes at bosses, {Kills} killed, {Escapes} not";

    /// <summary>Both together.</summary>
    public static SeedResult operator +(SeedResult a, SeedResult b) => new(
        "", a.Turns + b.Turns, a.Commands + b.Commands, a.Strikes + b.Strikes, a.Messages + b.Messages,
        a.Settled + b.Settled, a.Cancelled + b.Cancelled, a.Corrections + b.Corrections,
        a.BossStrikes + b.BossStrikes, a.Kills + b.Kills, a.Escapes + b.Escapes);
}
