using Game.Gateway.Http;

namespace Game.Gateway.Sessions;

/// <summary>The answer to a frame: its type and data, or a problem.</summary>
internal readonly record struct FrameReply(string? Type, object? Data, Problem? Problem)
{
    public static FrameReply Of(string type, object data) => new(type, data, null);

    public static FrameReply Refused(Problem problem) => new(null, null, problem);
}
