using Game.Broadcast.RabbitMq;
using Game.LocalServers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Benchmarks.Wars;

/// <summary>
/// The same as <see cref="WarBenchmark"/> with RabbitMQ between the shards: every strike's way to the coordinator and the
/// scoreboard's way back cross the broker. Each number of shards has a broker of its own.
/// </summary>
public sealed class BrokerWarBenchmark : IBenchmark
{
    public string Name => "war-broker";

    public async Task<IReadOnlyList<Row>> RunAsync(bool quick, CancellationToken cancellationToken)
    {
        RabbitMqServer? broker = null;
        try
        {
            return await WarMeasurement.RunAsync(
                " over RabbitMQ",
                quick,
                async token =>
                {
                    if (broker is not null)
                    {
                        await broker.DisposeAsync();
                    }

                    broker = await RabbitMqServer.StartAsync(token);
                    return await RabbitMqBus.OpenAsync(
                        new RabbitMqOptions { Nodes = [broker.Address] }, TimeProvider.System, NullLogger<RabbitMqBus>.Instance, token);
                },
                cancellationToken);
        }
        catch (ServerMissingException exception)
        {
            return [Row.WithoutBaseline("strike to every scoreboard over RabbitMQ, 100 shards, p99", 0, "ms", "< 100 ms", exception.Message)];
        }
        finally
        {
            if (broker is not null)
            {
                await broker.DisposeAsync();
            }
        }
    }
}
