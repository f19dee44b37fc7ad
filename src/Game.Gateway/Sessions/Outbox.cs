using System.Threading.Channels;

namespace Game.Gateway.Sessions;

/// <summary>
/// Frames that wait for one client to read them: bounded in number and bytes. A frame that replaces an older one of its
/// key takes the older one's place. Any thread adds; one takes.
/// </summary>
internal sealed class Outbox(int maxFrames, int maxBytes)
{
    private readonly Lock _lock = new();
    private readonly Queue<Slot> _slots = new();
    private readonly Dictionary<string, Slot> _replaceable = new(StringComparer.Ordinal);
    private readonly Channel<byte> _signal = Channel.CreateBounded<byte>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private long _bytes;
    private bool _completed;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _slots.Count;
            }
        }
    }

    /// <summary>False if the client is too far behind; nothing was added. True, and nothing added, once completed.</summary>
    public bool TryAdd(ReadOnlyMemory<byte> frame, string? replaces = null)
    {
        lock (_lock)
        {
            if (_completed)
            {
                return true;
            }

            if (replaces is not null && _replaceable.TryGetValue(replaces, out var slot))
            {
                _bytes += frame.Length - slot.Frame.Length;
                slot.Frame = frame;
                return _bytes <= maxBytes;
            }

            if (_slots.Count >= maxFrames || _bytes + frame.Length > maxBytes)
            {
                return false;
            }

            slot = new Slot(replaces) { Frame = frame };
            _slots.Enqueue(slot);
            _bytes += frame.Length;
            if (replaces is not null)
            {
                _replaceable.Add(replaces, slot);
            }
        }

        _signal.Writer.TryWrite(0);
        return true;
    }

    /// <summary>Waits until there may be a frame to take; false once completed and (to be taken with <see cref="TryTake"/>) empty.</summary>
    public async ValueTask<bool> WaitAsync()
    {
        if (!await _signal.Reader.WaitToReadAsync())
        {
            return false;
        }

        _signal.Reader.TryRead(out _);
        return true;
    }

    public bool TryTake(out ReadOnlyMemory<byte> frame)
    {
        lock (_lock)
        {
            if (!_slots.TryDequeue(out var slot))
            {
                frame = default;
                return false;
            }

            if (slot.Key is not null)
            {
                _replaceable.Remove(slot.Key);
            }

            frame = slot.Frame;
            _bytes -= frame.Length;
            return true;
        }
    }

    /// <summary>Nothing more is added; what waits is sent, or thrown away.</summary>
    public void Complete(bool discard)
    {
        lock (_lock)
        {
            _completed = true;
            if (discard)
            {
                _slots.Clear();
                _replaceable.Clear();
                _bytes = 0;
            }
        }

        _signal.Writer.TryComplete();
    }

    private sealed class Slot(string? key)
    {
        public string? Key { get; } = key;

        public ReadOnlyMemory<byte> Frame { get; set; }
    }
}
