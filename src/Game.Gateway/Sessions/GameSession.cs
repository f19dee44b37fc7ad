using System.Collections.Immutable;
using System.Net.WebSockets;
using Game.Contracts.Notifications;
using Game.Gateway.Http;

namespace Game.Gateway.Sessions;

/// <summary>
/// One WebSocket: reads frames and starts them in order, a bounded number at a time; sends replies and pushes from a
/// bounded outbox. Whoever ends it orders a close; the sweep enforces it if the client does not play along.
/// </summary>
internal sealed partial class GameSession
{
    // Over-limit frames in a row before the client is taken for hopeless.
    private const int MaxTooFastInARow = 256;

    /// <summary>How long a client may take to answer a close frame.</summary>
    private static readonly TimeSpan CloseGrace = TimeSpan.FromSeconds(5);

    /// <summary>Most unread notifications that a session begins with.</summary>
    private const int MaxBacklog = 50;

    private readonly WebSocket _socket;
    private readonly SessionServices _services;
    private readonly Outbox _outbox;
    private readonly SessionTopics _topics = new();
    private readonly SemaphoreSlim _slots = new(GatewayLimits.MaxFramesUnderWay);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _finishing;
    private CloseReason? _close;
    private long _closeOrderedAt;
    private long _sendingSince;
    private int _tooFastInARow;

    // Replaced, never changed: pushes read it.
    private ImmutableHashSet<string> _blocked = [];

    public GameSession(WebSocket socket, Caller caller, SessionServices services)
    {
        _socket = socket;
        _services = services;
        _outbox = new Outbox(services.Settings.MaxOutboundFrames, services.Settings.MaxOutboundBytes);
        Caller = caller;
    }

    public Caller Caller { get; private set; }

    public IReadOnlyList<string> Topics => _topics.Shown;

    /// <summary>Completes when nothing of the session is left.</summary>
    public Task Ended => _ended.Task;

    public bool ListensTo(string topic) => _topics.IsShown(topic);

    public bool TryJoin(Topic topic) => _topics.TryJoin(topic);

    public void Show(Topic topic) => _topics.Show(topic);

    public void Hide(string topic) => _topics.Hide(topic);

    public IReadOnlyList<Topic> TakeUnneeded() => _topics.TakeUnneeded();

    /// <summary>The session now lives as long as this token of the same sign-in; never shorter than before.</summary>
    public void Renew(Caller caller)
    {
        if (caller.ExpiresAt > Caller.ExpiresAt)
        {
            Caller = caller;
        }
    }

    /// <summary>Runs until either side has ended it. Never throws for what a client can cause.</summary>
    public async Task RunAsync()
    {
        var sending = SendAsync();
        try
        {
            await _services.Hub.SubscribeAsync(this, TopicRules.Own(Caller));
            await _services.Hub.SubscribeAsync(this, TopicRules.Announcements(Caller));
            await ReadBlockedAsync();
            Send(FrameWriter.Push("hello", new { playerId = Caller.PlayerId, shard = Caller.Shard, expiresAt = Caller.ExpiresAt }));
            await SendBacklogAsync();
            await ReceiveAsync();
        }
        catch (Exception exception) when (GrainRetry.IsUnanswered(exception))
        {
            // Without its own topic a session would miss what its player is told.
            LogNoFeed(_services.Logger, Caller.PlayerId, exception);
            Close(CloseReason.Draining);
        }
        finally
        {
            await FinishFramesAsync();
            _topics.End();
            Close(CloseReason.Normal);
            await sending;
            await _services.Hub.LeaveUnneededAsync(this);
            _ended.TrySetResult();
        }
    }

    /// <summary>Called by the hub for every listener, one after the other: returns at once.</summary>
    public void Push(FeedFrame frame)
    {
        if (frame.Blocking is var (player, isBlocked))
        {
            ImmutableInterlocked.Update(ref _blocked, (blocked, _) => isBlocked ? blocked.Add(player) : blocked.Remove(player), 0);
        }

        if (_topics.IsShown(frame.Topic) && (frame.Author is null || !_blocked.Contains(frame.Author)))
        {
            Send(frame.Bytes, frame.Replaces);
        }

        if (frame.Ended is { } ended && (ended == FeedFrame.Everybody || ended == Caller.PlayerId))
        {
            EndMembership(frame.Topic["guild:".Length..]);
        }
    }

    /// <summary>Ends what only members of the guild hear, and says so.</summary>
    public void EndMembership(string guild)
    {
        var topics = _topics.HideGuild(guild);
        if (topics.Count > 0)
        {
            Send(FrameWriter.Push("unsubscribed", new { topics }));
        }

        // Beside the caller, which is the hub in the middle of a push.
        _ = Task.Run(() => _services.Hub.LeaveUnneededAsync(this));
    }

    /// <summary>Orders the end; the first order counts. No further frame is started.</summary>
    public void Close(CloseReason reason)
    {
        if (Interlocked.CompareExchange(ref _close, reason, null) is null)
        {
            Volatile.Write(ref _closeOrderedAt, _services.Clock.GetTimestamp());
            _services.Metrics.SessionClosed((int)reason.Status);
            _ = CompleteAsync(reason);
        }
    }

    /// <summary>Enforces time limits: the token's, the client's to read, and the client's to answer a close.</summary>
    public void Sweep(DateTimeOffset now)
    {
        if (Volatile.Read(ref _closeOrderedAt) is not 0 and var ordered)
        {
            if (_services.Clock.GetElapsedTime(ordered) > CloseGrace)
            {
                _socket.Abort();
            }
        }
        else if (Caller.ExpiresAt <= now)
        {
            Close(CloseReason.SignedOut);
        }
        else if (Volatile.Read(ref _sendingSince) is not 0 and var since
            && _services.Clock.GetElapsedTime(since) > TimeSpan.FromSeconds(_services.Settings.SendSeconds))
        {
            Close(CloseReason.TooSlow);
        }
    }

    /// <summary>Asks again whether the sign-in is still open and the player still a member where it matters.</summary>
    public async Task RecheckAsync()
    {
        if (!await _services.Revocations.IsOpenAsync(Caller))
        {
            Close(CloseReason.SignedOut);
            return;
        }

        foreach (var guild in _topics.Guilds)
        {
            if (await _services.Chat.CheckMemberAsync(Caller, guild) is not null)
            {
                EndMembership(guild);
            }
        }
    }

    /// <summary>What is pushed is at most once, so the list is also read again from time to time.</summary>
    public async Task ReadBlockedAsync() => _blocked = [.. await _services.Chat.GetBlockedAsync(Caller)];

    /// <summary>What came while the player was away, highest priority first. What is pushed at the same moment may be in it too.</summary>
    private async Task SendBacklogAsync()
    {
        var backlog = await _services.Shards.Home<IMailboxGrain>(Caller.PlayerId).ListBacklogAsync(0, 0, MaxBacklog);
        if (backlog.Count > 0)
        {
            Send(FrameWriter.Push("notifications", new { items = backlog }));
        }
    }

    private void Send(ReadOnlyMemory<byte> frame, string? replaces = null)
    {
        if (!_outbox.TryAdd(frame, replaces))
        {
            Close(CloseReason.TooSlow);
        }
    }

    /// <summary>Answers to what is under way still go out, unless the client does not read anyway.</summary>
    private async Task CompleteAsync(CloseReason reason)
    {
        if (!reason.Discard)
        {
            await FinishFramesAsync();
        }

        _outbox.Complete(reason.Discard);
    }

    private Task FinishFramesAsync()
    {
        lock (_slots)
        {
            return _finishing ??= TakeAllSlotsAsync();
        }
    }

    private async Task TakeAllSlotsAsync()
    {
        for (var i = 0; i < GatewayLimits.MaxFramesUnderWay; i++)
        {
            await _slots.WaitAsync();
        }

        _slots.Release(GatewayLimits.MaxFramesUnderWay);
    }

    private async Task SendAsync()
    {
        try
        {
            bool more;
            do
            {
                more = await _outbox.WaitAsync();
                while (_outbox.TryTake(out var frame))
                {
                    Volatile.Write(ref _sendingSince, _services.Clock.GetTimestamp());
                    await _socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
                    Volatile.Write(ref _sendingSince, 0);
                }
            }
            while (more);

            if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                var reason = _close ?? CloseReason.Normal;
                await _socket.CloseOutputAsync(reason.Status, reason.Text, CancellationToken.None);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or IOException or ObjectDisposedException
            or InvalidOperationException or OperationCanceledException)
        {
            // The connection is gone; reading from it ends too.
            LogLost(_services.Logger, Caller.PlayerId, exception.Message);
            _outbox.Complete(discard: true);
            _socket.Abort();
        }
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[GatewayLimits.MaxFrameBytes];
        try
        {
            while (_socket.State is WebSocketState.Open or WebSocketState.CloseSent)
            {
                var length = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await _socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                    length += part.Count;
                }
                while (!part.EndOfMessage && length < buffer.Length);

                if (part.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                if (_close is not null)
                {
                    // Nothing is started any more; what still comes is read until the client answers the close.
                    continue;
                }

                if (!part.EndOfMessage)
                {
                    Close(CloseReason.TooLarge);
                }
                else if (part.MessageType == WebSocketMessageType.Binary)
                {
                    Close(CloseReason.Binary);
                }
                else
                {
                    await StartAsync(buffer.AsMemory(0, length));
                }
            }
        }
        catch (Exception exception) when (exception is WebSocketException or IOException or ObjectDisposedException
            or OperationCanceledException)
        {
            LogLost(_services.Logger, Caller.PlayerId, exception.Message);
        }
    }

    private async Task StartAsync(ReadOnlyMemory<byte> frame)
    {
        var problem = FrameEnvelope.Read(frame.Span, out var envelope);
        var tooFast = _services.Limits.CheckFrame(Caller.PlayerId);
        _tooFastInARow = tooFast is null ? 0 : _tooFastInARow + 1;
        if (_tooFastInARow > MaxTooFastInARow)
        {
            Close(CloseReason.TooFast);
            return;
        }

        var handler = problem is null ? _services.Catalog.Find(envelope.Type!) : null;
        problem = tooFast ?? problem ?? (handler is null
            ? new Problem(StatusCodes.Status400BadRequest, GatewayCodes.FrameUnknown, "There is no such type of frame.", "type")
            : null);
        if (problem is not null)
        {
            _services.Metrics.Frame(handler?.Type ?? "unknown", problem.Code);
            Send(FrameWriter.Error(envelope.Id, problem));
            return;
        }

        await _slots.WaitAsync();
        if (_close is not null)
        {
            _slots.Release();
            return;
        }

        var task = HandleAsync(handler!, envelope, frame);
        if (handler!.InOrder)
        {
            await task;
        }
    }

    /// <summary>Runs to its first wait before it returns: until then the frame's buffer is its own.</summary>
    private async Task HandleAsync(FrameHandler handler, FrameEnvelope envelope, ReadOnlyMemory<byte> frame)
    {
        FrameReply reply;
        try
        {
            reply = await handler.HandleAsync(this, envelope.Id!, frame.Span[envelope.Data]);
        }
        catch (Exception exception)
        {
            var failure = Failures.ToProblem(exception, _services.Shards);
            LogFrameFailed(_services.Logger, handler.Type, failure.Code, exception);
            reply = FrameReply.Refused(failure);
        }

        _services.Metrics.Frame(handler.Type, reply.Problem?.Code);
        Send(FrameWriter.Reply(envelope.Id!, reply));
        _slots.Release();
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The connection of {Player} is gone: {Why}")]
    private static partial void LogLost(ILogger logger, string player, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The session of {Player} ends: its feed did not answer.")]
    private static partial void LogNoFeed(ILogger logger, string player, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "A {Type} frame failed ({Code}).")]
    private static partial void LogFrameFailed(ILogger logger, string type, string code, Exception exception);
}
