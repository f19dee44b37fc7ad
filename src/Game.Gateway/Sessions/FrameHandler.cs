using Game.Gateway.Http;

namespace Game.Gateway.Sessions;

/// <summary>What a session does on one type of frame. Safe for concurrent use by many sessions.</summary>
internal abstract class FrameHandler
{
    public abstract string Type { get; }

    /// <summary>
    /// Whether the next frame waits until this one is done: for what changes the session itself. Others are only started
    /// in order.
    /// </summary>
    public abstract bool InOrder { get; }

    /// <summary>Reads the data before it returns; the span's buffer is used again afterwards.</summary>
    public abstract ValueTask<FrameReply> HandleAsync(GameSession session, string id, ReadOnlySpan<byte> data);
}

/// <inheritdoc/>
internal abstract class FrameHandler<TData> : FrameHandler
    where TData : class, IRequestBody
{
    private static ReadOnlySpan<byte> NoData => "{}"u8;

    public sealed override ValueTask<FrameReply> HandleAsync(GameSession session, string id, ReadOnlySpan<byte> data) =>
        JsonInput.Read<TData>(data.IsEmpty || data.SequenceEqual("null"u8) ? NoData : data, out var value) is { } problem
            ? ValueTask.FromResult(FrameReply.Refused(problem))
            : GrainRetry.RunAsync(() => HandleAsync(session, id, value!), TimeProvider.System, CancellationToken.None);

    protected abstract ValueTask<FrameReply> HandleAsync(GameSession session, string id, TData data);
}
