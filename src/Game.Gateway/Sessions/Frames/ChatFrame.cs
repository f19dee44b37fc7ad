using Game.Contracts;
using Game.Gateway.Chat;
using Game.Gateway.Http;

namespace Game.Gateway.Sessions.Frames;

internal sealed record ChatData(string Channel, string Text) : IRequestBody
{
    public Refusal? Check() => RouteIds.CheckChannel(Channel) is { } problem
        ? Refusal.Invalid(problem.Field!, problem.Limit!, problem.Code)
        : ChatService.CheckText(Text);
}

internal sealed class ChatFrame(ChatService chat) : FrameHandler<ChatData>
{
    public override string Type => "chat";

    public override bool InOrder => false;

    protected override async ValueTask<FrameReply> HandleAsync(GameSession session, string id, ChatData data)
    {
        var (message, problem) = await chat.PostAsync(
            session.Caller, data.Channel, data.Text, IdempotencyKey.CommandId(session.Caller, id));
        return problem is null ? FrameReply.Of("said", new { sequence = message!.Sequence }) : FrameReply.Refused(problem);
    }
}
