namespace Game.LocalServers;

/// <summary>Nodes of one RabbitMQ cluster on this machine; queues that are declared on it are replicated to all of them.</summary>
public sealed class RabbitMqCluster : IAsyncDisposable
{
    private readonly List<RabbitMqServer> _nodes = [];

    private RabbitMqCluster()
    {
    }

    public IReadOnlyList<RabbitMqServer> Nodes => _nodes;

    public IReadOnlyList<Uri> Addresses => [.. _nodes.Select(node => node.Address)];

    /// <exception cref="ServerMissingException">RabbitMQ is not installed.</exception>
    public static async Task<RabbitMqCluster> StartAsync(int nodes, CancellationToken cancellationToken = default)
    {
        var cluster = new RabbitMqCluster();
        try
        {
            var cookie = Guid.NewGuid().ToString("N");
            for (var number = 1; number <= nodes; number++)
            {
                cluster._nodes.Add(await RabbitMqServer.StartAsync(cancellationToken, setup: new RabbitMqSetup
                {
                    Node = $"game{number}",
                    Cookie = cookie,
                    MapperPort = number == 1 ? null : cluster._nodes[0].MapperPort,
                    Join = "game1@localhost",
                }));
            }

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <returns>The node that leads a queue.</returns>
    /// <exception cref="InvalidOperationException">There is no such queue.</exception>
    public async Task<RabbitMqServer> FindLeaderAsync(string queue, RabbitMqServer asked)
    {
        var line = (await asked.ControlAsync("list_queues", "--no-table-headers", "name", "leader"))
            .Split('\n').Select(row => row.Split('\t')).FirstOrDefault(row => row[0] == queue)
            ?? throw new InvalidOperationException($"There is no queue {queue}.");
        return _nodes.Single(node => node.NodeName == line[1].Trim());
    }

    public async ValueTask DisposeAsync()
    {
        // The first one's mapper serves the others.
        foreach (var node in Enumerable.Reverse(_nodes))
        {
            await node.DisposeAsync();
        }
    }
}
