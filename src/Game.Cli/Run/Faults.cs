namespace Game.Cli.Run;

/// <summary>How often something of a cluster is broken and mended again while bots play; null: never.</summary>
/// <param name="KillSilo">A random silo process is killed (SIGKILL) and started again.</param>
/// <param name="RollSilo">The silo processes, one after the other and over and over, are stopped in order and started again.</param>
/// <param name="KillDatabase">The database server is killed and started again.</param>
/// <param name="KillBroker">The broker is killed and started again.</param>
public sealed record Faults(TimeSpan? KillSilo, TimeSpan? RollSilo, TimeSpan? KillDatabase, TimeSpan? KillBroker);
