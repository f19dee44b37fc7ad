namespace Game.Contracts.Guilds;

/// <summary>One guild; key: the guild id. Lives on the guild's home shard, has members on every shard.</summary>
[Alias("game.IGuildGrain")]
public interface IGuildGrain : IGrainWithStringKey
{
    [Alias("Handle")]
    Task<Outcome<GuildView>> HandleAsync(GuildCommand command);

    /// <summary>The guild as last stored, or null if never founded.</summary>
    [Alias("Get"), ReadOnly]
    Task<GuildView?> GetAsync();

    /// <summary>Audit entries older than <paramref name="beforeVersion"/> (exclusive; 0 = newest), newest first.</summary>
    [Alias("GetAudit"), ReadOnly]
    Task<IReadOnlyList<AuditEntry>> GetAuditAsync(long beforeVersion, int count);
}
