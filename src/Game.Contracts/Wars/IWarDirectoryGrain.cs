namespace Game.Contracts.Wars;

/// <summary>
/// The wars that one shard knows of, newest first; key: the shard. A projection kept from what the bus brings, so it can
/// be behind by the bus's delay.
/// </summary>
[Alias("game.IWarDirectoryGrain")]
public interface IWarDirectoryGrain : IGrainWithStringKey
{
    [Alias("Record")]
    Task<Outcome<WarSummary>> RecordAsync(RecordWar command);

    /// <summary>Wars older than <paramref name="beforeWarId"/> (exclusive; null = newest), newest first.</summary>
    [Alias("List"), ReadOnly]
    Task<IReadOnlyList<WarSummary>> ListAsync(string? guildId, WarStatus? status, string? beforeWarId, int count);
}
