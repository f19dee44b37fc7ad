using Game.Contracts;
using Game.Contracts.Notifications;
using Game.Gateway.Http;
using Game.Gateway.Tokens;

namespace Game.Gateway.Notifications;

internal static class NotificationEndpoints
{
    private const string List = "notifications";

    public static void Map(RouteGroupBuilder api)
    {
        var notifications = api.MapGroup("/notifications").WithTags("Notifications");
        notifications.MapGet("/", ListAsync).WithName("listNotifications").WithSummary("The caller's notifications, newest first.")
            .Produces<Page<Notification>>();
        notifications.MapPost("/read", ReadAsync).WithName("readNotifications").WithSummary("Marks notifications up to one as read.")
            .Produces<UnreadBody>();
    }

    private static async Task<IResult> ListAsync(QueryNumber? limit, string? cursor, Caller caller, ShardRouter shards)
    {
        if (PageRequest.ReadNumbered(List, limit, cursor, out var page) is { } problem)
        {
            return Reply.Refused(problem);
        }

        var found = await shards.Home<IMailboxGrain>(caller.PlayerId).ListAsync(page.AfterNumber, page.CountAndOne);
        return Reply.Ok(page.Of(List, found, notification => $"{notification.Sequence}"));
    }

    private static async Task<IResult> ReadAsync(JsonBody<ReadBody> body, IdempotencyKey key, Caller caller, ShardRouter shards) =>
        Reply.Of(
            await shards.Home<IMailboxGrain>(caller.PlayerId).HandleAsync(new MarkRead(key.For(caller), body.Value.UpTo)),
            unread => Reply.Ok(new UnreadBody(unread)));
}

internal sealed record ReadBody(long UpTo) : IRequestBody
{
    public Refusal? Check() => UpTo >= 0 ? null : Refusal.Invalid("upTo", "0 or more");
}

internal sealed record UnreadBody(int Unread);
