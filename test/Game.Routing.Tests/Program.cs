using Game.Routing.Tests;
using Xunit.Runner.InProc.SystemConsole;

// The test of a full disk starts this program again, as the process whose disk is full.
return args is [SpoolChild.Argument, var file] ? await SpoolChild.RunAsync(file) : await ConsoleRunner.Run(args);
