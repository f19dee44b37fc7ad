using System.Globalization;
using Game.Contracts;
using Game.Contracts.Notifications;
using Game.Gateway.Http;

namespace Game.Gateway.Notifications;

internal static class NotificationEndpoints
{
    private const string Newest = "newest";
    private const string ByPriority = "priority";

    public static void Map(RouteGroupBuilder api)
    {
        var notifications = api.MapGroup("/notifications").WithTags("Notifications");
        notifications.MapGet("/", ListAsync).WithName("listNotifications")
            .WithSummary("The caller's notifications, newest first; with order=priority what is unread, highest priority first.")
            .Produces<Page<Notification>>();
        notifications.MapPost("/read", ReadAsync).WithName("readNotifications").WithSummary("Marks notifications up to one as read.")
            .Produces<UnreadBody>();
    }

    private static async Task<IResult> ListAsync(QueryNumber? limit, string? cursor, string? order, Caller caller, ShardRouter shards)
    {
        var mailbox = shards.Home<IMailboxGrain>(caller.PlayerId);
        const string List = "notifications";
        switch (order)
        {
            case null or Newest:
                if (PageRequest.ReadNumbered(List, limit, cursor, out var page) is { } problem)
                {
                    return Reply.Refused(problem);
                }

                var found = await mailbox.ListAsync(page.AfterNumber, page.CountAndOne);
                return Reply.Ok(page.Of(List, found, notification => $"{notification.Sequence}"));
            case ByPriority:
                const string Backlog = $"{List}/{ByPriority}";
                if (PageRequest.Read(Backlog, limit, cursor, key => TryReadKey(key, out _, out _), out page) is { } bad)
                {
                    return Reply.Refused(bad);
                }

                TryReadKey(page.After ?? "", out var priority, out var sequence);
                found = await mailbox.ListBacklogAsync(priority, sequence, page.CountAndOne);
                return Reply.Ok(page.Of(Backlog, found, notification => $"{notification.Priority}/{notification.Sequence}"));
            default:
                return Reply.Refused(Problem.Invalid("order", $"{Newest} or {ByPriority}"));
        }
    }

    private static bool TryReadKey(string key, out int priority, out long sequence)
    {
        (priority, sequence) = (0, 0);
        return key.Split('/') is [var first, var second]
            && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out priority)
            && long.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out sequence)
            && sequence > 0;
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
