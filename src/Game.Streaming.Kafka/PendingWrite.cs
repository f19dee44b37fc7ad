using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Game.Streaming.Kafka;

/// <summary>A record on its way through a <see cref="RecordWriter"/>.</summary>
internal sealed class PendingWrite
{
    private readonly TaskCompletionSource<RecordPosition> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _cancellation;
    private int _isDecided;

    public PendingWrite(StreamRecord record, long started)
    {
        Record = record;
        Started = started;
        Size = record.Size;
        Node = new LinkedListNode<PendingWrite>(this);
    }

    public StreamRecord Record { get; }

    /// <summary>Timestamp of the call.</summary>
    public long Started { get; }

    public long Size { get; }

    /// <summary>Its place among the queued; in no list once it is settled.</summary>
    public LinkedListNode<PendingWrite> Node { get; }

    /// <summary>The producer that has it.</summary>
    public object? Producer { get; set; }

    public Task<RecordPosition> Task => _done.Task;

    /// <summary>Lets the token end the wait for room, and nothing after it.</summary>
    public void CancelWith(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            _cancellation = cancellationToken.UnsafeRegister(
                static (write, token) =>
                {
                    var self = (PendingWrite)write!;
                    if (Interlocked.Exchange(ref self._isDecided, 1) == 0)
                    {
                        self._done.TrySetCanceled(token);
                    }
                },
                this);
        }
    }

    /// <returns>False if the wait was cancelled first.</returns>
    public bool TryStart() => Interlocked.Exchange(ref _isDecided, 1) == 0;

    public void Confirm(RecordPosition position)
    {
        _cancellation.Unregister();
        _done.TrySetResult(position);
    }

    public void Fail(RecordWriteException exception)
    {
        _cancellation.Unregister();
        _done.TrySetException(exception);
    }

    public Message<byte[]?, byte[]> ToMessage()
    {
        var message = new Message<byte[]?, byte[]> { Key = Record.Key is { } key ? ArrayOf(key) : null, Value = ArrayOf(Record.Value) };
        if (Record.Headers.Count > 0)
        {
            message.Headers = [];
            foreach (var header in Record.Headers)
            {
                message.Headers.Add(header.Name, ArrayOf(header.Value));
            }
        }

        return message;
    }

    /// <summary>The array itself if the memory is all of one.</summary>
    private static byte[] ArrayOf(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length
            ? segment.Array
            : memory.ToArray();
}
