using System.Numerics;

namespace Game.Embedded;

/// <summary>
/// The requests whose callers still wait, for time-outs and for the end of the silo. Adding and removing cost one interlocked
/// operation each, on a stripe that is usually the processor's own; there are no locks but for growth.
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
    private readonly int _stripeBits;
    private volatile Table _table;

    /// <summary>Counts sweeps; requests note it when they are added.</summary>
    private volatile int _sweeps;

    /// <param name="stripes">A power of two. One, with calls from one thread, makes the order of sweeps repeatable.</param>
    public InFlightRequests(int stripes)
    {
        _stripeMask = stripes - 1;
        _stripeBits = BitOperations.Log2((uint)stripes);
        _cursors = new int[stripes * CursorSpacing];
        _table = new Table(CreateSegments(stripes), SegmentSize - 1);
    }

    public void Add(Request request)
    {
        request.SentAt = _sweeps;
        var stripe = _stripeMask == 0 ? 0 : Thread.GetCurrentProcessorId() & _stripeMask;
        if (!TryAdd(request, _table, stripe))
        {
            AddSlowly(request, stripe);
        }
    }

    /// <summary>Removes a request from its place. The one caller that gets true is the one to complete it.</summary>
    public static bool TryRemove(Request request)
    {
        var at = request.Position;
        if (at < 0)
        {
            return false;
        }

        ref var slot = ref request.Segment![at].Request;
        return ReferenceEquals(Volatile.Read(ref slot), request)
            && ReferenceEquals(Interlocked.CompareExchange(ref slot, null, request), request);
    }

    /// <summary>
    /// Begins a sweep and gives every open request with the number of sweeps that have begun since it was sent, the present
    /// one included. Not to be called concurrently with itself.
    /// </summary>
    public IEnumerable<(Request Request, int Age)> Sweep()
    {
        var sweep = ++_sweeps;
        foreach (var segment in _table.Segments)
        {
            for (var i = 0; i < segment.Length; i++)
            {
                if (Volatile.Read(ref segment[i].Request) is { } request)
                {
                    yield return (request, sweep - request.SentAt);
                }
            }
        }
    }

    public bool IsEmpty() =>
        Array.TrueForAll(_table.Segments, static segment => Array.TrueForAll(segment, static slot => slot.Request is null));

    private static Slot[][] CreateSegments(int count) => [.. Enumerable.Range(0, count).Select(_ => new Slot[SegmentSize])];

    private bool TryAdd(Request request, Table table, int stripe)
    {
        // A stripe owns every (mask + 1)th segment and its cursor goes round all of them, so what it meets is oldest and most
        // likely free. The cursor is not synchronized: a lost update only costs a probe.
        ref var cursor = ref _cursors[stripe * CursorSpacing];
        for (var probe = 0; probe < MaxProbes; probe++)
        {
            var at = cursor++ & table.CapacityMask;
            var segment = table.Segments[((at >> SegmentBits) << _stripeBits) | stripe];
            at &= SegmentSize - 1;
            ref var slot = ref segment[at].Request;
            if (slot is null)
            {
                request.Segment = segment;
                request.Position = at;
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
            // Another thread may have grown the table meanwhile.
            while (!TryAdd(request, _table, stripe))
            {
                var segments = _table.Segments;
                _table = new Table([.. segments, .. CreateSegments(segments.Length)], (_table.CapacityMask << 1) | 1);
            }
        }
    }

    /// <summary>Spares stores the check of the array's type that they would need without it.</summary>
    internal struct Slot
    {
        public Request? Request;
    }

    /// <param name="Segments">Those of all stripes.</param>
    /// <param name="CapacityMask">A stripe's number of slots, a power of two, less one.</param>
    private sealed record Table(Slot[][] Segments, int CapacityMask);
}
