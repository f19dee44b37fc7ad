namespace Game.Embedded;

/// <summary>
/// The requests whose callers still wait, for time-outs and for the end of the silo. Adding costs one interlocked operation
/// and removing one store, on a stripe that is usually the processor's own; there are no locks but for growth.
/// </summary>
internal sealed class InFlightRequests
{
    private const int SegmentBits = 10;
    private const int SegmentSize = 1 << SegmentBits;
    private const int MaxProbes = 16;

    /// <summary>Keeps the stripes' cursors on cache lines of their own.</summary>
    private const int CursorSpacing = 16;

    private readonly Lock _growing = new();
    private readonly int[] _cursors;
    private readonly int _stripeMask;
    private Request?[][] _segments;

    /// <summary>Counts sweeps; requests note it when they are added.</summary>
    private volatile int _sweeps;

    public InFlightRequests()
    {
        var stripes = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount);
        _stripeMask = stripes - 1;
        _cursors = new int[stripes * CursorSpacing];
        _segments = new Request?[stripes][];
        for (var i = 0; i < stripes; i++)
        {
            _segments[i] = new Request?[SegmentSize];
        }
    }

    public void Add(Request request)
    {
        request.SentAt = _sweeps;
        var stripe = Thread.GetCurrentProcessorId() & _stripeMask;
        if (!TryAdd(request, Volatile.Read(ref _segments), stripe))
        {
            AddSlowly(request, stripe);
        }
    }

    public void Remove(Request request)
    {
        var slot = request.Slot;
        Volatile.Write(ref Volatile.Read(ref _segments)[slot >> SegmentBits][slot & (SegmentSize - 1)], null);
    }

    /// <summary>
    /// Begins a sweep and gives every open request with the number of sweeps that have begun since it was sent, the present
    /// one included. Not to be called concurrently with itself.
    /// </summary>
    public IEnumerable<(Request Request, int Age)> Sweep()
    {
        var sweep = ++_sweeps;
        foreach (var segment in Volatile.Read(ref _segments))
        {
            for (var i = 0; i < segment.Length; i++)
            {
                if (Volatile.Read(ref segment[i]) is { } request)
                {
                    yield return (request, sweep - request.SentAt);
                }
            }
        }
    }

    public bool IsEmpty()
    {
        foreach (var segment in Volatile.Read(ref _segments))
        {
            if (segment.AsSpan().IndexOfAnyExcept((Request?)null) >= 0)
            {
                return false;
            }
        }

        return true;
    }

    private bool TryAdd(Request request, Request?[][] segments, int stripe)
    {
        // A stripe owns every (mask + 1)th segment and its cursor goes round all of them, so what it meets is oldest and most
        // likely free. The cursor is not synchronized: a lost update only costs a probe.
        ref var cursor = ref _cursors[stripe * CursorSpacing];
        var stripes = _stripeMask + 1;
        var capacityMask = (segments.Length / stripes * SegmentSize) - 1;
        for (var probe = 0; probe < MaxProbes; probe++)
        {
            var at = cursor++ & capacityMask;
            var index = ((at >> SegmentBits) * stripes) + stripe;
            ref var slot = ref segments[index][at & (SegmentSize - 1)];
            if (slot is null)
            {
                request.Slot = (index << SegmentBits) | (at & (SegmentSize - 1));
                if (Interlocked.CompareExchange(ref slot, request, null) is null)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private void AddSlowly(Request request, int stripe)
    {
        lock (_growing)
        {
            // Another thread may have grown the array meanwhile.
            while (!TryAdd(request, _segments, stripe))
            {
                var grown = new Request?[_segments.Length * 2][];
                _segments.CopyTo(grown, 0);
                for (var i = _segments.Length; i < grown.Length; i++)
                {
                    grown[i] = new Request?[SegmentSize];
                }

                Volatile.Write(ref _segments, grown);
            }
        }
    }
}
