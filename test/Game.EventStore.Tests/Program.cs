using Game.EventStore.Tests;
using Xunit.Runner.InProc.SystemConsole;

// The fault tests start this program again, as the process that gets killed or finds its disk full.
return args is [StoreChild.Argument, var file] ? await StoreChild.RunAsync(file) : await ConsoleRunner.Run(args);
