using System.Net;

namespace Game.Silo.Settings;

/// <summary>Whether other processes run the same shards, and where they reach this one.</summary>
public sealed class ClusterSettings
{
    /// <summary>
    /// Name of the cluster, <c>[a-z0-9-]{1,32}</c>. Null: this process alone runs its shards. Silos of different clusters never
    /// share a database.
    /// </summary>
    public string? Id { get; set; }

    /// <summary>Address at which other silos reach this one; null: the first of this machine that is not loopback.</summary>
    public string? AdvertisedAddress { get; set; }

    /// <summary>Port for the other silos, 1–65535.</summary>
    public int SiloPort { get; set; } = 11111;

    /// <summary>Port for the gateways of other shards, 1–65535.</summary>
    public int GatewayPort { get; set; } = 30000;

    /// <summary>
    /// Shards that share a cluster, as in <c>s01 s02 s03</c>, an entry a cluster; a shard that no entry names has a cluster of its own. The
    /// same for all silos of the game: gateways find the shards of other clusters by it. The cluster meets in the database of the
    /// entry's first shard.
    /// </summary>
    public List<string> Groups { get; set; } = [];

    public bool IsUsed => Id is not null;

    /// <summary>The first shard of the cluster that hosts a shard.</summary>
    internal string HomeOf(string shard) => ShardsWith(shard)[0];

    /// <summary>The shards of a shard's cluster, in the order of the settings.</summary>
    internal IReadOnlyList<string> ShardsWith(string shard) =>
        Groups.Select(Split).FirstOrDefault(group => group.Contains(shard)) ?? [shard];

    /// <summary>This silo's place in the cluster of its shards.</summary>
    /// <param name="shard">One of them.</param>
    /// <param name="databaseOf">A shard's database.</param>
    internal ClusterOptions ToOptions(string shard, Func<string, string> databaseOf)
    {
        var address = AdvertisedAddress is { } given ? IPAddress.Parse(given) : FirstAddress();
        var home = HomeOf(shard);
        return new ClusterOptions
        {
            ClusterId = Id!,
            ServiceId = home,
            ConnectionString = databaseOf(home),
            Address = address,
            SiloPort = SiloPort,
            GatewayPort = GatewayPort,
            SiloName = $"{home}@{Environment.MachineName}:{SiloPort}",
        };
    }

    internal IEnumerable<string> Validate(
        string path, IReadOnlyList<string> all, IReadOnlyList<string> own, bool hasDatabase, bool hasBroker, bool hasKey)
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
            if (port is < 1 or > IPEndPoint.MaxPort)
            {
                yield return $"{path}:{name}: must be 1 to {IPEndPoint.MaxPort}, not {port}.";
            }
        }

        var grouped = Groups.SelectMany((group, i) => Split(group).Select(shard => (Shard: shard, Index: i))).ToList();
        foreach (var (shard, i) in grouped.Where(entry => !all.Contains(entry.Shard)))
        {
            yield return $"{path}:Groups:{i}: must name shards of {all[0]} to {all[^1]}, not '{shard}'.";
        }

        foreach (var twice in grouped.GroupBy(entry => entry.Shard).Where(entries => entries.Count() > 1))
        {
            yield return $"{path}:Groups:{twice.Last().Index}: names {twice.Key}, which has a place already.";
        }

        if (!ShardsWith(own[0]).Order(StringComparer.Ordinal).SequenceEqual(own.Order(StringComparer.Ordinal)))
        {
            yield return $"Shards: must be the shards of one cluster, {string.Join(", ", ShardsWith(own[0]))}, not {string.Join(", ", own)}; "
                + $"{path}:Groups says which share one.";
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

    private static string[] Split(string group) => group.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static IPAddress FirstAddress() =>
        Array.Find(Dns.GetHostAddresses(Dns.GetHostName()), address => !IPAddress.IsLoopback(address)) ?? IPAddress.Loopback;
}
