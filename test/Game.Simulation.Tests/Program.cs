using Game.Simulation.Tests;
using Xunit.Runner.InProc.SystemConsole;

// A test starts this program again to run one seed in another process.
return args switch
{
    [SeedRun.Argument, var seed] => SeedRun.Print(int.Parse(seed, null), Defect.None),
    [SeedRun.Argument, var seed, var defect] => SeedRun.Print(int.Parse(seed, null), Enum.Parse<Defect>(defect)),
    _ => await ConsoleRunner.Run(args),
};
