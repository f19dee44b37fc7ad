using System.Net;
using Game.Grains.Hosting;

namespace Game.Silo.Settings;

/// <summary>Whether other processes run the same shards, and where they reach this one. Only on Orleans.</summary>
public sealed class ClusterSettings
{
    /// <summary>
    /// Name of the cluster, <c>[a-z0-9-]{1,32}</c>. Null: this process alone runs its shards. Silos of different clusters never
    /// share a database.
    /// </summary>
    public string? Id { get; set; }

    /// <summary>Address at which other silos reach this one; null: the first of this machine that is not loopback.</summary>
    public string? AdvertisedAddress { get; set; }

    /// <summary>Port for the other silos, 1–65535; with several shards in this process each has the next one.</summary>
    public int SiloPort { get; set; } = 11111;

    /// <summary>Port for the gateways of other shards, 1–65535; with several shards in this process each has the next one.</summary>
    public int GatewayPort { get; set; } = 30000;

    public bool IsUsed => Id is not null;

    /// <summary>This silo's place in a shard's cluster.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="index">The shard's place among those of this process, from 0.</param>
    /// <param name="connectionString">The shard's database.</param>
    internal ClusterOptions Of(string shard, int index, string connectionString)
    {
        var address = AdvertisedAddress is { } given ? IPAddress.Parse(given) : FirstAddress();
        return new ClusterOptions
        {
            ClusterId = Id!,
            ConnectionString = connectionString,
            Address = address,
            SiloPort = SiloPort + index,
            GatewayPort = GatewayPort + index,
            SiloName = $"{shard}@{Environment.MachineName}:{SiloPort + index}",
        };
    }

    internal IEnumerable<string> Validate(string path, int shards, bool hasDatabase, bool hasBroker, bool hasKey)
    {
        if (!IsUsed)
        {
            yield break;
        }

        if (!Contracts.Identity.ShardId.IsValid(Id))
        {
            yield return $"{path}:Id: must be 1 to 32 characters of a-z 0-9 -, not '{Id}'.";
        }

        if (AdvertisedAddress is not null && !IPAddress.TryParse(AdvertisedAddress, out _))
        {
            yield return $"{path}:AdvertisedAddress: must be an IP address, not '{AdvertisedAddress}'.";
        }

        foreach (var (name, port) in new[] { (nameof(SiloPort), SiloPort), (nameof(GatewayPort), GatewayPort) })
        {
            if (port < 1 || port + shards - 1 > IPEndPoint.MaxPort)
            {
                yield return $"{path}:{name}: must be 1 to {IPEndPoint.MaxPort - shards + 1}, not {port}.";
            }
        }

        if (!hasDatabase)
        {
            yield return $"Postgres:ConnectionString: must be set (GAME__Postgres__ConnectionString) with {path}:Id: silos of several processes meet in the database.";
        }

        if (!hasBroker)
        {
            yield return $"RabbitMq:Uri: must be set (GAME__RabbitMq__Uri) with {path}:Id: shards of several processes meet on the broker.";
        }

        if (!hasKey)
        {
            yield return $"Gateway:Tokens:KeyFile: must be set (GAME__Gateway__Tokens__KeyFile), or Key, with {path}:Id: all gateways of the game sign with one key.";
        }
    }

    private static IPAddress FirstAddress() =>
        Array.Find(Dns.GetHostAddresses(Dns.GetHostName()), address => !IPAddress.IsLoopback(address)) ?? IPAddress.Loopback;
}
