namespace Game.Contracts.Players;

public enum MembershipStatus
{
    None,

    /// <summary>Asked to join or found a guild; the guild's shard has not answered yet.</summary>
    Pending,
    Member,
}

/// <summary>A player as the owner sees it; others see it without the wallet.</summary>
[GenerateSerializer, Immutable, Alias("game.player.view")]
public sealed record PlayerView(
    [property: Id(0)] string Id,
    [property: Id(1)] string Name,
    [property: Id(2)] int Level,
    [property: Id(3)] long Experience,
    [property: Id(4)] long Gold,
    [property: Id(5)] MembershipStatus Membership,
    [property: Id(6)] string? GuildId,
    [property: Id(7)] DateTimeOffset RegisteredAt);
