namespace Game.Streaming.Kafka;

/// <summary>
/// How far a partition has been handled without a gap. Records are added in the order they are read and completed in any order;
/// <see cref="Position"/> follows the longest completed prefix, so that committing it never passes a record that is still under
/// way. Offsets may have holes. Safe for concurrent use.
/// </summary>
public sealed class OffsetWatermark
{
    private readonly Lock _lock = new();

    // A ring: the entry of ticket t is at t modulo its length.
    private Entry[] _entries = new Entry[64];
    private long _first;
    private long _next;
    private long? _position;

    /// <summary>The offset to go on from: that of the last record of the prefix, plus one. Null: nothing is completed.</summary>
    public long? Position
    {
        get
        {
            lock (_lock)
            {
                return _position;
            }
        }
    }

    /// <summary>Records added and not yet part of the prefix.</summary>
    public int InFlight
    {
        get
        {
            lock (_lock)
            {
                return (int)(_next - _first);
            }
        }
    }

    /// <summary>
    /// Adds the record that was read next. An offset that does not rise says that the partition begins anew, as after the topic
    /// was deleted and made again: what was under way then no longer counts.
    /// </summary>
    /// <returns>The ticket to complete it with.</returns>
    public long Add(long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        lock (_lock)
        {
            if (offset < Last())
            {
                _first = _next;
                _position = null;
            }

            if (_next - _first == _entries.Length)
            {
                Grow();
            }

            _entries[_next & (_entries.Length - 1)] = new Entry(offset, false);
            return _next++;
        }
    }

    /// <summary>Completes a record. Again, or one from before the partition began anew: nothing.</summary>
    public void Complete(long ticket)
    {
        lock (_lock)
        {
            if (ticket < _first || ticket >= _next)
            {
                return;
            }

            _entries[ticket & (_entries.Length - 1)].IsDone = true;
            while (_first < _next && _entries[_first & (_entries.Length - 1)] is { IsDone: true } entry)
            {
                _position = entry.Offset + 1;
                _first++;
            }
        }
    }

    /// <summary>The least offset the next record can have.</summary>
    private long Last() => _next > _first ? _entries[(_next - 1) & (_entries.Length - 1)].Offset + 1 : _position ?? 0;

    private void Grow()
    {
        var entries = new Entry[_entries.Length * 2];
        for (var ticket = _first; ticket < _next; ticket++)
        {
            entries[ticket & (entries.Length - 1)] = _entries[ticket & (_entries.Length - 1)];
        }

        _entries = entries;
    }

    private record struct Entry(long Offset, bool IsDone);
}
