using Game.Contracts.Broadcast;

namespace Game.Grains.Broadcast.Chains;

/// <summary>
/// How far one chain of one source has been heard. Messages are taken strictly in the order of the chain: one that comes too early
/// is set aside, and comes again after what is missing (go-back-N). Not thread-safe.
/// </summary>
/// <param name="mark">The mark that is durable; 0: nothing has been heard.</param>
/// <param name="known">
/// Whether that means that nothing has been sent either. If not, the chain is followed from the first message or mark that comes.
/// </param>
internal sealed class HeardChain(long mark, bool known)
{
    /// <summary>Taken and not settled: their places, each with the mark before it.</summary>
    private readonly SortedDictionary<long, long> _open = [];
    private long? _head = known || mark > 0 ? mark : null;
    private long _missing;

    /// <summary>Everything up to here has had its effect.</summary>
    public long Mark => _open.Count == 0 ? _head ?? 0 : _open.First().Value;

    /// <summary>Whether what is missing would be noticed.</summary>
    public bool IsFollowed => _head is not null;

    /// <summary>The mark that is written down.</summary>
    public long Durable { get; set; } = mark;

    /// <summary>Since when something is missing; null: nothing is.</summary>
    public DateTimeOffset? MissingSince { get; private set; }

    /// <summary>When its source was last asked for it.</summary>
    public DateTimeOffset? AskedAt { get; set; }

    public int Asked { get; set; }

    /// <param name="places">The places of this chain in the batch.</param>
    /// <param name="step">One of them, in the order of the batch.</param>
    /// <param name="now">For how long something is missing.</param>
    public ChainVerdict Judge(IReadOnlySet<long> places, ChainStep step, DateTimeOffset now)
    {
        if (_open.ContainsKey(step.Place))
        {
            return ChainVerdict.Next;
        }

        ForgetLost(places, step.Place - 1);
        if (step.Place <= _head)
        {
            return ChainVerdict.Repeated;
        }

        if (step.Previous > _head)
        {
            Miss(step.Place, now);
            return ChainVerdict.Early;
        }

        _open.Add(step.Place, _head ?? step.Previous);
        _head = step.Place;
        return ChainVerdict.Next;
    }

    /// <summary>A mark has come: what stood before it in the queue has come with it, or is lost.</summary>
    /// <param name="places">The places of this chain's messages in the batch.</param>
    /// <param name="place">Up to where everything was sent.</param>
    public void Expect(IReadOnlySet<long> places, long place) => ForgetLost(places, place);

    public void Settle(long place) => _open.Remove(place);

    /// <summary>Everything up to a place has been sent, and what has not come by now will not come.</summary>
    public void Reach(long place, DateTimeOffset now)
    {
        if (_head is null)
        {
            _head = place;
        }
        else if (_open.Count == 0 && _head < place)
        {
            Miss(place, now);
        }
    }

    /// <summary>Nothing had been sent when this was asked for.</summary>
    public void Begin() => _head ??= 0;

    /// <summary>Another activation has written down more than this one knows.</summary>
    public void Overtake(long durable)
    {
        Durable = durable;
        if (durable > (_head ?? 0))
        {
            _open.Clear();
            _head = durable;
        }
    }

    /// <returns>Whether all that was missing has had its effect, for the first time.</returns>
    public bool TryHeal()
    {
        if (MissingSince is null || Mark < _missing)
        {
            return false;
        }

        (MissingSince, AskedAt, Asked) = (null, null, 0);
        return true;
    }

    /// <summary>What was taken before and must come again comes before anything new. If it does not, its queue has lost it.</summary>
    private void ForgetLost(IReadOnlySet<long> places, long until)
    {
        if (_open.Keys.FirstOrDefault(open => !places.Contains(open)) is var lost and > 0 && lost <= until)
        {
            _head = _open[lost];
            foreach (var place in _open.Keys.Where(place => place >= lost).ToList())
            {
                _open.Remove(place);
            }
        }
    }

    private void Miss(long place, DateTimeOffset now)
    {
        _missing = Math.Max(_missing, place);
        MissingSince ??= now;
    }
}
