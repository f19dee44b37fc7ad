using Game.Orleans.Tests.Processes;
using Xunit.Runner.InProc.SystemConsole;

// The cluster tests start this program again, as a silo.
return args is [SiloChild.Argument, .. var silo] ? await SiloChild.RunAsync(silo) : await ConsoleRunner.Run(args);
