using System.Data.Common;
using System.Net.Sockets;
using Game.EventStore;
using Orleans.Runtime.MembershipService;

namespace Game.Hosting;

/// <summary>What keeps a silo from joining its cluster, told to an operator.</summary>
internal static class StartFailure
{
    /// <returns>Null for what is no operator's to mend.</returns>
    public static string? Explain(Exception exception, SiloHostOptions options)
    {
        var (shards, cluster) = (NamesOf(options), options.Cluster);
        foreach (var cause in Causes(exception))
        {
            switch (cause)
            {
                case OrleansClusterConnectivityCheckFailedException:
                    return $"{shards}: another silo of the cluster says it is alive and cannot be reached; check the network and "
                        + $"its Cluster:AdvertisedAddress. {cause.Message}";
                case SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } when cluster is not null:
                    return $"{shards}: Cluster:SiloPort {cluster.SiloPort} or Cluster:GatewayPort {cluster.GatewayPort} is in use on {cluster.Address}.";
                case SocketException { SocketErrorCode: SocketError.AddressNotAvailable } when cluster is not null:
                    return $"{shards}: Cluster:AdvertisedAddress {cluster.Address} is no address of this machine.";
            }
        }

        return null;
    }

    /// <returns>What to wait for: the database that the silos meet in does not answer. Null: something else.</returns>
    public static EventStoreException? OfDatabase(Exception exception, SiloHostOptions options) =>
        Causes(exception).OfType<DbException>().FirstOrDefault() is { } cause
            ? new EventStoreException($"{NamesOf(options)}: the database failed while the silo joined its cluster: {cause.Message}", cause)
            : null;

    private static string NamesOf(SiloHostOptions options) => options.Shards is [var one]
        ? $"Shard {one.Shard.Name}"
        : $"Shards {string.Join(", ", options.Shards.Select(shard => shard.Shard.Name))}";

    private static IEnumerable<Exception> Causes(Exception exception)
    {
        yield return exception;
        var inner = exception is AggregateException all ? all.InnerExceptions : exception.InnerException is { } one ? [one] : (IReadOnlyList<Exception>)[];
        foreach (var cause in inner.SelectMany(Causes))
        {
            yield return cause;
        }
    }
}
