using Game.Broadcast.Tests;
using Xunit.Runner.InProc.SystemConsole;

// The crash tests start this program again, as the process that gets killed.
return args is [CrashChild.Argument, var file] ? await CrashChild.RunAsync(file) : await ConsoleRunner.Run(args);
