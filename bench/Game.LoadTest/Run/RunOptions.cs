namespace Game.LoadTest.Run;

/// <summary>What <c>./game run</c> was asked for.</summary>
public sealed record RunOptions(
    string Silo, int Shards, int Bots, int Port, int ManagementPort, string Data, string Profile, TimeSpan? For)
{
    public IEnumerable<string> SiloArguments =>
    [
        "serve",
        "--shards", $"{Shards}",
        "--port", $"{Port}",
        "--management-port", $"{ManagementPort}",
        "--data", Data,
        "--profile", Profile,
    ];
}
