namespace Game.Contracts.Guilds;

/// <summary>
/// The guilds of one shard by name; key: the shard. Owns the uniqueness of guild names (case-insensitive) on its shard.
/// </summary>
[Alias("game.IGuildDirectoryGrain")]
public interface IGuildDirectoryGrain : IGrainWithStringKey
{
    /// <summary>Reserves a name for a guild. Refused with <c>guild_name_taken</c> if another guild holds it.</summary>
    [Alias("ReserveName")]
    Task<Outcome<string>> ReserveNameAsync(ReserveGuildName command);

    [Alias("ReleaseName")]
    Task<Outcome<string>> ReleaseNameAsync(ReleaseGuildName command);

    /// <summary>Guilds whose name contains <paramref name="text"/>, by name, after <paramref name="afterName"/> (exclusive).</summary>
    [Alias("Search"), ReadOnly]
    Task<IReadOnlyList<GuildSummary>> SearchAsync(string text, string? afterName, int count);
}
