using Game.Broadcast.Suite;

namespace Game.Broadcast.Tests;

public sealed class InProcessRoutingTests : RoutingSuite
{
    private readonly InProcessFixture _fixture = new();

    protected override ValueTask<IBroadcastBus> OpenAsync() => _fixture.OpenAsync();

    protected override ValueTask LetPassAsync(TimeSpan time) => _fixture.LetPassAsync(time);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _fixture.Dispose();
    }
}

public sealed class InProcessConsumerTests : ConsumerSuite
{
    private readonly InProcessFixture _fixture = new();

    protected override ValueTask<IBroadcastBus> OpenAsync() => _fixture.OpenAsync();

    protected override ValueTask LetPassAsync(TimeSpan time) => _fixture.LetPassAsync(time);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _fixture.Dispose();
    }
}

public sealed class InProcessUpgradeTests : UpgradeSuite
{
    private readonly InProcessFixture _fixture = new();

    protected override ValueTask<IBroadcastBus> OpenAsync() => _fixture.OpenAsync();

    protected override ValueTask LetPassAsync(TimeSpan time) => _fixture.LetPassAsync(time);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _fixture.Dispose();
    }

    protected override async Task DeclareFormerAsync(QueueDeclaration queue) => await Bus.DeclareQueueAsync(queue, Cancelled);
}

public sealed class InProcessNeighbourTests : NeighbourSuite
{
    private readonly InProcessFixture _fixture = new();

    protected override ValueTask<IBroadcastBus> OpenAsync() => _fixture.OpenAsync();

    protected override ValueTask LetPassAsync(TimeSpan time) => _fixture.LetPassAsync(time);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _fixture.Dispose();
    }
}

public sealed class InProcessRedeliveryTests : RedeliverySuite
{
    private readonly InProcessFixture _fixture = new();

    protected override ValueTask<IBroadcastBus> OpenAsync() => _fixture.OpenAsync();

    protected override ValueTask LetPassAsync(TimeSpan time) => _fixture.LetPassAsync(time);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _fixture.Dispose();
    }
}

public sealed class InProcessDurabilityTests : DurabilitySuite
{
    private readonly InProcessFixture _fixture = new();

    protected override ValueTask<IBroadcastBus> OpenAsync() => _fixture.OpenAsync();

    protected override ValueTask LetPassAsync(TimeSpan time) => _fixture.LetPassAsync(time);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _fixture.Dispose();
    }
}

/// <summary>Real time for the back-off, and a wall clock that a test can move on.</summary>
internal sealed class InProcessFixture : IDisposable
{
    private readonly BusDirectory _directory = new();
    private readonly ShiftedClock _clock = new();

    public ValueTask<IBroadcastBus> OpenAsync() => new(_directory.Open(_clock));

    public ValueTask LetPassAsync(TimeSpan time)
    {
        _clock.Shift += time;
        return ValueTask.CompletedTask;
    }

    public void Dispose() => _directory.Dispose();

    private sealed class ShiftedClock : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
    }
}
