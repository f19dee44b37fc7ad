using Game.Contracts.Players;

namespace Game.Gateway.Players;

/// <summary>A player. <paramref name="Gold"/> is null in the view of others.</summary>
internal sealed record PlayerBody(
    string Id,
    string Name,
    int Level,
    long Experience,
    long? Gold,
    MembershipStatus Membership,
    string? GuildId,
    DateTimeOffset RegisteredAt)
{
    public static PlayerBody Own(PlayerView view) => Of(view, view.Gold);

    public static PlayerBody Foreign(PlayerView view) => Of(view, null);

    private static PlayerBody Of(PlayerView view, long? gold) => new(
        view.Id, view.Name, view.Level, view.Experience, gold, view.Membership, view.GuildId, view.RegisteredAt);
}
