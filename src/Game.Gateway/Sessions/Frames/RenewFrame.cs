using Game.Contracts;
using Game.Gateway.Http;
using Game.Gateway.Tokens;

namespace Game.Gateway.Sessions.Frames;

internal sealed record RenewData(string AccessToken) : IRequestBody
{
    public Refusal? Check() => null;
}

/// <summary>A fresh token of the same sign-in keeps the session open.</summary>
internal sealed class RenewFrame(Authenticator authenticator) : FrameHandler<RenewData>
{
    private static readonly Problem OtherSession = new(
        StatusCodes.Status403Forbidden, GatewayCodes.Forbidden, "The token belongs to another player or sign-in.");

    public override string Type => "renew";

    public override bool InOrder => true;

    protected override async ValueTask<FrameReply> HandleAsync(GameSession session, string id, RenewData data)
    {
        var (caller, problem) = await authenticator.AuthenticateAsync(data.AccessToken);
        if (caller is null)
        {
            return FrameReply.Refused(problem!);
        }

        if (caller.PlayerId != session.Caller.PlayerId || caller.SessionId != session.Caller.SessionId)
        {
            return FrameReply.Refused(OtherSession);
        }

        session.Renew(caller);
        return FrameReply.Of("renewed", new { expiresAt = session.Caller.ExpiresAt });
    }
}
