using Game.LocalServers;

namespace Game.Cli.Run;

/// <summary>
/// The broker of a world: the one that the environment names (<c>GAME__RabbitMq__Uri</c>), or one of its own over a folder that
/// is kept.
/// </summary>
internal sealed class Broker : IAsyncDisposable
{
    public const string Setting = "GAME__RabbitMq__Uri";

    private Broker(string address, RabbitMqServer? own)
    {
        Address = address;
        Own = own;
    }

    public string Address { get; }

    /// <summary>The broker that was started for this world; null: the environment named one.</summary>
    public RabbitMqServer? Own { get; }

    /// <param name="folder">Where a broker of its own keeps its data.</param>
    /// <param name="onLine">Told where it listens.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ServerMissingException">None is named, and RabbitMQ is not installed.</exception>
    public static async Task<Broker> FindAsync(string folder, Action<string> onLine, CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable(Setting) is { } given)
        {
            return new Broker(given, null);
        }

        var own = await RabbitMqServer.StartAsync(cancellationToken, folder);
        onLine($"rabbitmq on port {own.Port}, its data in {folder}");
        return new Broker(own.Address.ToString(), own);
    }

    /// <returns>The connections open now, by the names they gave; null for a broker that this machine cannot ask.</returns>
    public async Task<IReadOnlyList<string>?> ListConnectionsAsync(CancellationToken cancellationToken) =>
        Own is null ? null : await Own.ListConnectionsAsync(cancellationToken);

    /// <summary>Ends a broker of its own in good order.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Own is not null)
        {
            await Own.StopAsync();
            await Own.DisposeAsync();
        }
    }
}
