namespace Game.Domain.Routing;

/// <summary>The ways of one class of messages. Pure.</summary>
/// <param name="Primary">Where a message goes.</param>
/// <param name="Fallback">Where it goes while the primary way is closed.</param>
/// <param name="Keep">
/// How long a message that found both closed is worth keeping on disk; null: not at all, what it says is old by then.
/// </param>
public sealed record RoutePlan(RouteKind Primary, RouteKind Fallback, TimeSpan? Keep)
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    private static readonly RoutePlan Now = new(RouteKind.Direct, RouteKind.Broadcast, null);
    private static readonly RoutePlan BetweenShards = new(RouteKind.Broadcast, RouteKind.Stream, Week);
    private static readonly RoutePlan Bulk = new(RouteKind.Stream, RouteKind.Broadcast, Week);

    public static RoutePlan Of(MessageClass messageClass) => messageClass switch
    {
        MessageClass.Combat or MessageClass.Movement => Now,
        MessageClass.Chat or MessageClass.GuildWar or MessageClass.World => BetweenShards,
        _ => Bulk,
    };
}
