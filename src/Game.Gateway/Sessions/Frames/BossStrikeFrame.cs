using Game.Contracts;
using Game.Contracts.Identity;
using Game.Contracts.WorldEvents;
using Game.Gateway.Http;
using Game.Gateway.WorldEvents;

namespace Game.Gateway.Sessions.Frames;

internal sealed record BossStrikeData(string EventId, int Power) : IRequestBody
{
    public Refusal? Check() => EntityId.TryParse(EventId, out _)
        ? BossStrikeBody.CheckPower(Power)
        : Refusal.Invalid("eventId", "{shard}.{ulid}", GatewayCodes.InvalidId);
}

/// <summary>The hot path of a world boss: the frame's id is the command id.</summary>
internal sealed class BossStrikeFrame(ShardRouter shards) : FrameHandler<BossStrikeData>
{
    public override string Type => "boss.strike";

    public override bool InOrder => false;

    protected override async ValueTask<FrameReply> HandleAsync(GameSession session, string id, BossStrikeData data)
    {
        var caller = session.Caller;
        var struck = await shards.On(caller.Shard).GetGrain<IWorldEventFrontGrain>(data.EventId)
            .StrikeAsync(new StrikeBoss(IdempotencyKey.CommandId(caller, id), caller.PlayerId, data.Power));
        return struck.Accepted ? FrameReply.Of("boss.struck", struck.Value) : FrameReply.Refused(Problem.From(struck.Refusal));
    }
}
