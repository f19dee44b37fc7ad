namespace Game.Cli.Play;

/// <summary>Where a running world is reached.</summary>
public sealed record Places
{
    private readonly IReadOnlyDictionary<string, IReadOnlyList<Uri>> _gateways;

    /// <param name="gateways">The gateways of each shard.</param>
    /// <param name="managements">Management ports: each list those of silos that hold the same shards.</param>
    public Places(IReadOnlyDictionary<string, IReadOnlyList<Uri>> gateways, IReadOnlyList<IReadOnlyList<Uri>> managements)
    {
        _gateways = gateways;
        Shards = [.. gateways.Keys.Order(StringComparer.Ordinal)];
        Managements = managements;
    }

    public IReadOnlyList<string> Shards { get; }

    public IReadOnlyList<IReadOnlyList<Uri>> Managements { get; }

    public static Places Of(Addresses process) => new(
        process.Shards.ToDictionary(shard => shard, _ => (IReadOnlyList<Uri>)[process.Gateway]), [[process.Management]]);

    /// <summary>With those of a process that was added.</summary>
    public Places With(Places added) => new(
        _gateways.Concat(added._gateways).ToDictionary(place => place.Key, place => place.Value), [.. Managements, .. added.Managements]);

    public IReadOnlyList<Uri> GatewaysOf(string shard) => _gateways[shard];
}
