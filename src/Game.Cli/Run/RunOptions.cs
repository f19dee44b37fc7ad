namespace Game.Cli.Run;

/// <summary>What <c>./game run</c> was asked for.</summary>
/// <param name="Silo">The silo's assembly.</param>
/// <param name="Shards">Number of shards.</param>
/// <param name="Bots">Players driven by programs.</param>
/// <param name="Port">The first gateway's port; in a cluster the others follow.</param>
/// <param name="ManagementPort">The first management port; in a cluster the others follow.</param>
/// <param name="Data">Folder for everything durable.</param>
/// <param name="Profile">Settings.</param>
/// <param name="For">How long to play; null: until interrupted.</param>
/// <param name="Silos">Silo processes a shard, in profile cluster.</param>
/// <param name="Processes">Silo processes that share the shards, in profile brokers.</param>
/// <param name="JoinLate">Whether one shard more starts, in a process of its own, once the others play; in profile brokers.</param>
/// <param name="Faults">What is broken while the bots play, in profile cluster.</param>
public sealed record RunOptions(
    string Silo,
    int Shards,
    int Bots,
    int Port,
    int ManagementPort,
    string Data,
    string Profile,
    TimeSpan? For,
    int Silos,
    int Processes,
    bool JoinLate,
    Faults Faults);
