using Game.Streaming.Tests;
using Xunit.Runner.InProc.SystemConsole;

// The crash test starts this program again, as the consumer that gets killed.
return args is [ConsumerChild.Argument, var brokers, var topic, var group]
    ? await ConsumerChild.RunAsync(brokers, topic, group)
    : await ConsoleRunner.Run(args);
