using Game.EventStore.Postgres;
using Game.EventStore.Suite;
using Game.LocalServers;

[assembly: AssemblyFixture(typeof(Game.EventStore.Tests.PostgresFixture))]

namespace Game.EventStore.Tests;

/// <summary>One server for all tests of this program, each in a database of its own.</summary>
public sealed class PostgresFixture : IAsyncDisposable
{
    private readonly Lazy<Task<PostgresServer>> _server = new(() => PostgresServer.StartAsync());

    /// <summary>Skips the test where PostgreSQL is not installed; on CI that is a failure.</summary>
    public async Task<PostgresServer> GetAsync()
    {
        try
        {
            return await _server.Value;
        }
        catch (ServerMissingException exception) when (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Skip(exception.Message);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated && _server.Value.IsCompletedSuccessfully)
        {
            await (await _server.Value).DisposeAsync();
        }
    }
}

/// <summary>A database of a test: made at the first opening.</summary>
internal sealed class PostgresDatabase(PostgresFixture fixture)
{
    private string? _connectionString;

    public async Task<string> GetAsync()
    {
        if (_connectionString is null)
        {
            var made = await (await fixture.GetAsync()).CreateDatabaseAsync();
            await PostgresSchema.MigrateAsync(made);
            _connectionString = made;
        }

        return _connectionString;
    }

    public async ValueTask<IEventStore> OpenAsync() => await PostgresEventStore.OpenAsync(await GetAsync());
}

public sealed class PostgresAppendTests(PostgresFixture fixture) : AppendSuite
{
    private readonly PostgresDatabase _database = new(fixture);

    protected override ValueTask<IEventStore> OpenAsync() => _database.OpenAsync();
}

public sealed class PostgresReadTests(PostgresFixture fixture) : ReadSuite
{
    private readonly PostgresDatabase _database = new(fixture);

    protected override ValueTask<IEventStore> OpenAsync() => _database.OpenAsync();
}

public sealed class PostgresSnapshotTests(PostgresFixture fixture) : SnapshotSuite
{
    private readonly PostgresDatabase _database = new(fixture);

    protected override ValueTask<IEventStore> OpenAsync() => _database.OpenAsync();
}

public sealed class PostgresCursorTests(PostgresFixture fixture) : CursorSuite
{
    private readonly PostgresDatabase _database = new(fixture);

    protected override ValueTask<IEventStore> OpenAsync() => _database.OpenAsync();
}

public sealed class PostgresDurabilityTests(PostgresFixture fixture) : DurabilitySuite
{
    private readonly PostgresDatabase _database = new(fixture);

    protected override ValueTask<IEventStore> OpenAsync() => _database.OpenAsync();
}

public sealed class PostgresConcurrencyTests(PostgresFixture fixture) : ConcurrencySuite
{
    private readonly PostgresDatabase _database = new(fixture);

    protected override ValueTask<IEventStore> OpenAsync() => _database.OpenAsync();
}
