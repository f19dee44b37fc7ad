namespace Game.Contracts;

/// <summary>
/// The version of what silos of one shard say to each other and store. A silo runs beside silos of another build as long as
/// each knows the other's version: raise <see cref="Current"/> with a change that older builds cannot read, and
/// <see cref="Oldest"/> when a build stops understanding an old one.
/// </summary>
public static class ContractVersion
{
    /// <summary>3: keys of grains name their shard.</summary>
    public const int Current = 3;

    /// <summary>The oldest version this build works beside. Silos of version 2 would take a key with a shard in it for another grain.</summary>
    public const int Oldest = 3;
}
