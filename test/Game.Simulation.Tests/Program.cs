using Game.Simulation.Tests;
using Xunit.Runner.InProc.SystemConsole;

// A test starts this program again to run one seed in another process.
return args is [SeedRun.Argument, var seed] ? SeedRun.Print(int.Parse(seed, null)) : await ConsoleRunner.Run(args);
