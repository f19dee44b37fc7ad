using Game.GrainModel.Conformance;
using Game.GrainModel.Conformance.Calls;
using Game.GrainModel.Conformance.Life;
using Game.GrainModel.Conformance.Observers;
using Game.GrainModel.Conformance.Reentrancy;
using Game.GrainModel.Conformance.Reminders;
using Game.GrainModel.Conformance.Streams;
using Game.GrainModel.Conformance.Timers;

namespace Game.Orleans.Tests;

public sealed class Calls : CallSuite
{
    protected override ValueTask<IGrainModelHost> StartAsync(GrainModelSettings settings) => OrleansModelHost.StartAsync(settings);
}

public sealed class Reentrancy : ReentrancySuite
{
    protected override ValueTask<IGrainModelHost> StartAsync(GrainModelSettings settings) => OrleansModelHost.StartAsync(settings);
}

public sealed class Life : LifeSuite
{
    protected override ValueTask<IGrainModelHost> StartAsync(GrainModelSettings settings) => OrleansModelHost.StartAsync(settings);
}

public sealed class Collection : CollectionSuite
{
    protected override ValueTask<IGrainModelHost> StartAsync(GrainModelSettings settings) => OrleansModelHost.StartAsync(settings);
}

public sealed class Timers : TimerSuite
{
    protected override ValueTask<IGrainModelHost> StartAsync(GrainModelSettings settings) => OrleansModelHost.StartAsync(settings);
}

public sealed class Reminders : ReminderSuite
{
    protected override ValueTask<IGrainModelHost> StartAsync(GrainModelSettings settings) => OrleansModelHost.StartAsync(settings);
}

public sealed class Streams : StreamSuite
{
    protected override ValueTask<IGrainModelHost> StartAsync(GrainModelSettings settings) => OrleansModelHost.StartAsync(settings);
}

public sealed class Skips : SkipSuite
{
    protected override ValueTask<IGrainModelHost> StartAsync(GrainModelSettings settings) => OrleansModelHost.StartAsync(settings);
}

public sealed class Observers : ObserverSuite
{
    protected override ValueTask<IGrainModelHost> StartAsync(GrainModelSettings settings) => OrleansModelHost.StartAsync(settings);
}
