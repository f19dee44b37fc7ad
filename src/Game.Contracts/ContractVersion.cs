namespace Game.Contracts;

/// <summary>
/// The version of what silos of one shard say to each other and store. A silo runs beside silos of another build as long as
/// each knows the other's version: raise <see cref="Current"/> with a change that older builds cannot read, and
/// <see cref="Oldest"/> when a build stops understanding an old one.
/// </summary>
public static class ContractVersion
{
    /// <summary>2: friends, whispers, announcements, digests; notifications have a text.</summary>
    public const int Current = 2;

    /// <summary>The oldest version this build works beside.</summary>
    public const int Oldest = 1;
}
