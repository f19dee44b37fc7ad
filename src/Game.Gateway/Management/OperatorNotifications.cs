using Game.Contracts;
using Game.Contracts.Guilds;
using Game.Contracts.Identity;
using Game.Contracts.Notifications;
using Game.Domain.Notifications;
using Game.Gateway.Http;
using Game.Gateway.Limits;

namespace Game.Gateway.Management;

/// <summary>Notifications that operators send: to a player, to a guild's members of this moment, to a shard, to all shards.</summary>
internal static class OperatorNotifications
{
    public static async Task<IResult> SendAsync(
        JsonBody<OperatorNotification> body, IdempotencyKey key, RateLimits limits, ShardRouter shards, TimeProvider clock)
    {
        if ((body.Problem ?? key.Problem ?? limits.CheckOperatorNotification()) is { } problem)
        {
            return Reply.Refused(problem);
        }

        var asked = body.Value;
        var content = asked.ToContent(clock.GetUtcNow());
        var (command, missing) = asked.Scope switch
        {
            NotificationScope.Player => (new SendNotification(key.ForOperator, [asked.Target!], content), null),
            NotificationScope.Guild => await ToGuildAsync(asked.Target!, key, content, shards),
            _ => ((DeskCommand?)new Announce(key.ForOperator, asked.Target, content), null),
        };
        if (command is null)
        {
            return Reply.Refused(missing!);
        }

        var shard = shards.Default;
        return Reply.Of(
            await shards.On(shard).GetGrain<INotificationDeskGrain>(shard).HandleAsync(command),
            _ => Reply.Accepted(new { content.ExpiresAt, Players = (command as SendNotification)?.Players.Count }));
    }

    private static async Task<(DeskCommand? Command, Problem? Problem)> ToGuildAsync(
        string guild, IdempotencyKey key, NotificationContent content, ShardRouter shards)
    {
        if (shards.CheckServed(guild) is { } elsewhere)
        {
            return (null, elsewhere);
        }

        return await shards.Home<IGuildGrain>(guild).GetAsync() is { Disbanded: false } view
            ? (new SendNotification(key.ForOperator, [.. view.Members.Select(member => member.PlayerId)], content), null)
            : (null, Problem.From(Refusal.NotFound(RefusalCodes.GuildNotFound, "There is no such guild.")));
    }
}

internal enum NotificationScope
{
    Player,
    Guild,
    Shard,
    All,
}

/// <param name="Scope">Whom it is for.</param>
/// <param name="Target">The player's, guild's or shard's id; none for all.</param>
/// <param name="Kind">A stable name, <c>[a-z0-9.-]</c>.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="TtlSeconds">Seconds after which nobody sees it any more, at most 30 days.</param>
/// <param name="Priority">0–9.</param>
/// <param name="Text">What the player reads.</param>
internal sealed record OperatorNotification(
    NotificationScope Scope, string Kind, string Subject, int TtlSeconds, string? Target = null, int Priority = 5, string? Text = null)
    : IRequestBody
{
    public Refusal? Check() => CheckTarget()
        ?? (TtlSeconds < 1 || TtlSeconds > NotificationLimits.MaxTimeToLive.TotalSeconds
            ? Refusal.Invalid("ttlSeconds", $"1 to {NotificationLimits.MaxTimeToLive.TotalSeconds}")
            : Notifying.Check(ToContent(default)));

    public NotificationContent ToContent(DateTimeOffset now) => new(Kind, Subject, Text, Priority, now.AddSeconds(TtlSeconds));

    private Refusal? CheckTarget() => Scope switch
    {
        NotificationScope.Player or NotificationScope.Guild when !EntityId.TryParse(Target, out _) =>
            Refusal.Invalid("target", "{shard}.{ulid}", GatewayCodes.InvalidId),
        NotificationScope.Shard when !ShardId.IsValid(Target) => Refusal.Invalid("target", "a shard", GatewayCodes.InvalidId),
        NotificationScope.All when Target is not null => Refusal.Invalid("target", "absent for all"),
        _ => null,
    };
}
