using Game.EventStore.Suite;

namespace Game.EventStore.Tests;

public sealed class SqliteAppendTests : AppendSuite
{
    private readonly StoreFolder _folder = new();

    protected override ValueTask<IEventStore> OpenAsync() => new(_folder.Open());

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}

public sealed class SqliteReadTests : ReadSuite
{
    private readonly StoreFolder _folder = new();

    protected override ValueTask<IEventStore> OpenAsync() => new(_folder.Open());

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}

public sealed class SqliteSnapshotTests : SnapshotSuite
{
    private readonly StoreFolder _folder = new();

    protected override ValueTask<IEventStore> OpenAsync() => new(_folder.Open());

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}

public sealed class SqliteCursorTests : CursorSuite
{
    private readonly StoreFolder _folder = new();

    protected override ValueTask<IEventStore> OpenAsync() => new(_folder.Open());

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}

public sealed class SqliteDurabilityTests : DurabilitySuite
{
    private readonly StoreFolder _folder = new();

    protected override ValueTask<IEventStore> OpenAsync() => new(_folder.Open());

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}

public sealed class SqliteConcurrencyTests : ConcurrencySuite
{
    private readonly StoreFolder _folder = new();

    protected override ValueTask<IEventStore> OpenAsync() => new(_folder.Open());

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}
