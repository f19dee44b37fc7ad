using Game.Contracts;
using Game.Gateway.Http;

namespace Game.Gateway.Sessions.Frames;

internal sealed record PingData : IRequestBody
{
    public Refusal? Check() => null;
}

internal sealed class PingFrame(TimeProvider clock) : FrameHandler<PingData>
{
    public override string Type => "ping";

    public override bool InOrder => false;

    protected override ValueTask<FrameReply> HandleAsync(GameSession session, string id, PingData data) =>
        ValueTask.FromResult(FrameReply.Of("pong", new { at = clock.GetUtcNow() }));
}
