using Game.Contracts;
using Game.Contracts.Chat;
using Game.Gateway.Http;

namespace Game.Gateway.Chat;

internal static class ChatEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var chat = api.MapGroup("/chat/{channel}").WithTags("Chat");
        chat.MapGet("/", HistoryAsync).WithName("getChat").WithSummary("The channel's messages, newest first.").Produces<Page<ChatMessage>>();
        chat.MapPost("/", PostAsync).WithName("postChat").WithSummary("Says something.").Produces<ChatMessage>(StatusCodes.Status201Created);
    }

    private static async Task<IResult> HistoryAsync(
        string channel, QueryNumber? limit, string? cursor, Caller caller, ChatService chat)
    {
        var list = $"chat/{channel}";
        var problem = PageRequest.ReadNumbered(list, limit, cursor, out var page) ?? await chat.CheckListenerAsync(caller, channel);
        if (problem is not null)
        {
            return Reply.Refused(problem);
        }

        var found = page.Of(
            list, await chat.GetHistoryAsync(caller, channel, page.AfterNumber, page.CountAndOne), message => $"{message.Sequence}");
        var blocked = await chat.GetBlockedAsync(caller);
        return Reply.Ok(found with { Items = [.. found.Items.Where(message => !blocked.Contains(message.Author))] });
    }

    private static async Task<IResult> PostAsync(
        string channel, JsonBody<SayBody> body, IdempotencyKey key, Caller caller, ChatService chat)
    {
        var (message, problem) = await chat.PostAsync(caller, channel, body.Value.Text, key.For(caller));
        return problem is null ? Reply.Created(message) : Reply.Refused(problem);
    }
}

internal sealed record SayBody(string Text) : IRequestBody
{
    public Refusal? Check() => ChatService.CheckText(Text);
}
