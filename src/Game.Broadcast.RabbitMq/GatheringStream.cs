using System.Net.Sockets;

namespace Game.Broadcast.RabbitMq;

/// <summary>
/// A socket's stream that sends together what is written while it sends. The client library writes each message by itself: a
/// call into the system for each of them, and a wake-up of the broker.
/// </summary>
/// <remarks>
/// A write is done when its bytes are taken, at most <see cref="MaxGathered"/> of them; a failure is told by the writes after it,
/// and by reading. What was taken before the stream is disposed is sent, unless the socket is closed first. One writer at a time.
/// </remarks>
internal sealed class GatheringStream(Socket socket) : NetworkStream(socket), IThreadPoolWorkItem
{
    /// <summary>Bytes.</summary>
    public const int MaxGathered = 64 * 1024;

    private readonly Lock _gate = new();
    private byte[] _gathered = new byte[4 * 1024];
    private byte[] _sending = new byte[4 * 1024];
    private int _count;
    private bool _isSending;
    private Exception? _failure;
    private TaskCompletionSource? _room;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_failure is { } failure)
            {
                return ValueTask.FromException(new IOException(failure.Message, failure));
            }

            if (_count == 0 || _count + buffer.Length <= MaxGathered)
            {
                Gather(buffer.Span);
                return ValueTask.CompletedTask;
            }

            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return WriteLaterAsync(_room.Task, buffer, cancellationToken);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Sends what has gathered, and what gathers meanwhile.</summary>
    public async void Execute()
    {
        while (true)
        {
            int count;
            TaskCompletionSource? room;
            lock (_gate)
            {
                if (_count == 0 || _failure is not null)
                {
                    _isSending = false;
                    return;
                }

                (_gathered, _sending) = (_sending, _gathered);
                (count, _count) = (_count, 0);
                (room, _room) = (_room, null);
            }

            room?.SetResult();
            try
            {
                await base.WriteAsync(_sending.AsMemory(0, count));
            }
            catch (Exception exception)
            {
                lock (_gate)
                {
                    _failure = exception;
                    _room?.SetResult();
                    _room = null;
                }
            }
        }
    }

    private async ValueTask WriteLaterAsync(Task room, ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        await room.WaitAsync(cancellationToken);
        await WriteAsync(buffer, cancellationToken);
    }

    private void Gather(ReadOnlySpan<byte> bytes)
    {
        if (_gathered.Length < _count + bytes.Length)
        {
            Array.Resize(ref _gathered, Math.Max(_count + bytes.Length, _gathered.Length * 2));
        }

        bytes.CopyTo(_gathered.AsSpan(_count));
        _count += bytes.Length;
        if (!_isSending)
        {
            _isSending = true;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }
}
