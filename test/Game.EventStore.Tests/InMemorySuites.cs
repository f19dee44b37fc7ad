using Game.EventStore.InMemory;
using Game.EventStore.Suite;

namespace Game.EventStore.Tests;

public sealed class InMemoryAppendTests : AppendSuite
{
    private readonly InMemoryEventStore _store = new();

    protected override ValueTask<IEventStore> OpenAsync() => new(_store);
}

public sealed class InMemoryReadTests : ReadSuite
{
    private readonly InMemoryEventStore _store = new();

    protected override ValueTask<IEventStore> OpenAsync() => new(_store);
}

public sealed class InMemorySnapshotTests : SnapshotSuite
{
    private readonly InMemoryEventStore _store = new();

    protected override ValueTask<IEventStore> OpenAsync() => new(_store);
}

public sealed class InMemoryCursorTests : CursorSuite
{
    private readonly InMemoryEventStore _store = new();

    protected override ValueTask<IEventStore> OpenAsync() => new(_store);
}

public sealed class InMemoryDurabilityTests : DurabilitySuite
{
    private readonly InMemoryEventStore _store = new();

    protected override ValueTask<IEventStore> OpenAsync() => new(_store);
}

public sealed class InMemoryConcurrencyTests : ConcurrencySuite
{
    private readonly InMemoryEventStore _store = new();

    protected override ValueTask<IEventStore> OpenAsync() => new(_store);
}
