using System.Net;

namespace Game.Hosting;

/// <summary>A cluster of silo processes that host the same shards, and this silo's place in it.</summary>
public sealed record ClusterOptions
{
    /// <summary>Changes only if silos of the old id must not meet those of the new one.</summary>
    public required string ClusterId { get; init; }

    /// <summary>Whose cluster it is among those of the same id: the first of its shards.</summary>
    public required string ServiceId { get; init; }

    /// <summary>The PostgreSQL database that holds membership and reminders; its schema has to be there.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Where the other silos of the cluster reach this one.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>Port for the other silos, 1–65535.</summary>
    public required int SiloPort { get; init; }

    /// <summary>Port for Orleans clients, 0–65535; 0: none.</summary>
    public int GatewayPort { get; init; }

    /// <summary>The silo's name in logs and the dashboard.</summary>
    public required string SiloName { get; init; }
}
