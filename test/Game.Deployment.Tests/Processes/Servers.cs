using Game.LocalServers;

namespace Game.Deployment.Tests.Processes;

/// <summary>A PostgreSQL server and a RabbitMQ broker of the tests of a class, started when the first one needs them.</summary>
public sealed class Servers : IAsyncLifetime
{
    private readonly SemaphoreSlim _gate = new(1);
    private PostgresServer? _postgres;
    private RabbitMqServer? _rabbitmq;
    private int _databases;

    internal PostgresServer Postgres => _postgres ?? throw new InvalidOperationException("Not started.");

    internal RabbitMqServer RabbitMq => _rabbitmq ?? throw new InvalidOperationException("Not started.");

    /// <summary>Skips the test where a server is not installed; on CI that is a failure.</summary>
    internal async Task StartAsync()
    {
        await _gate.WaitAsync();
        try
        {
            _postgres ??= await PostgresServer.StartAsync(TestContext.Current.CancellationToken);
            _rabbitmq ??= await RabbitMqServer.StartAsync(TestContext.Current.CancellationToken);
        }
        catch (ServerMissingException exception)
        {
            Tool.Missing(exception.Message);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>A connection string of databases that no other test uses.</summary>
    internal string NewDatabases() => DatabasesOf($"game{Interlocked.Increment(ref _databases)}");

    internal string DatabasesOf(string prefix) => Postgres.ConnectionString(prefix + "_{shard}");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        if (_rabbitmq is not null)
        {
            await _rabbitmq.DisposeAsync();
        }

        _gate.Dispose();
    }
}
