using Game.Contracts;
using Game.Contracts.Identity;
using Game.Contracts.Players;
using Game.Gateway.Http;
using Game.Gateway.Wars;

namespace Game.Gateway.Sessions.Frames;

internal sealed record StrikeData(string WarId, int Power) : IRequestBody
{
    public Refusal? Check() => EntityId.TryParse(WarId, out _)
        ? ContributeBody.CheckPower(Power)
        : Refusal.Invalid("warId", "{shard}.{ulid}", GatewayCodes.InvalidId);
}

/// <summary>The hot path of a war: the frame's id is the command id.</summary>
internal sealed class StrikeFrame(ShardRouter shards) : FrameHandler<StrikeData>
{
    public override string Type => "strike";

    public override bool InOrder => false;

    protected override async ValueTask<FrameReply> HandleAsync(GameSession session, string id, StrikeData data)
    {
        var struck = await shards.Home<IPlayerGrain>(session.Caller.PlayerId)
            .StrikeAsync(IdempotencyKey.CommandId(session.Caller, id), data.WarId, data.Power);
        return struck.Accepted ? FrameReply.Of("struck", struck.Value) : FrameReply.Refused(Problem.From(struck.Refusal));
    }
}
