namespace Game.Broadcast.RabbitMq;

/// <summary>
/// What was sent on one channel and is not confirmed, by the number that both ends count: 1 for the first message. Thread-safe.
/// </summary>
/// <remarks>
/// The client library's own tracking copies all unconfirmed messages for each confirm of several, and needs a header more in each
/// message.
/// </remarks>
internal sealed class ConfirmWindow<T>
    where T : class
{
    private readonly Lock _gate = new();
    private T?[] _sent = new T?[256];
    private ulong _first = 1;
    private ulong _next = 1;
    private bool _ended;

    /// <summary>Before it is sent: its confirm may come before the call that sends it returns.</summary>
    /// <returns>False if the window has ended.</returns>
    public bool TryAdd(T item)
    {
        lock (_gate)
        {
            if (_ended)
            {
                return false;
            }

            if (_next - _first == (ulong)_sent.Length)
            {
                Grow();
            }

            At(_next++) = item;
            return true;
        }
    }

    /// <summary>Takes what a confirm is about: a number, or all up to it. Numbers that are not waited for are passed over.</summary>
    public void Take(ulong number, bool multiple, Action<T> taken)
    {
        lock (_gate)
        {
            var last = Math.Min(number, _next - 1);
            for (var n = multiple ? _first : Math.Max(number, _first); n <= last; n++)
            {
                if (At(n) is { } item)
                {
                    At(n) = null;
                    taken(item);
                }
            }

            while (_first < _next && At(_first) is null)
            {
                _first++;
            }
        }
    }

    /// <summary>Takes all that is left; nothing is added any more.</summary>
    public void End(Action<T> taken)
    {
        lock (_gate)
        {
            _ended = true;
        }

        Take(ulong.MaxValue, multiple: true, taken);
    }

    /// <returns>The oldest that fits, or null.</returns>
    public T? Find(Func<T, bool> fits)
    {
        lock (_gate)
        {
            for (var n = _first; n < _next; n++)
            {
                if (At(n) is { } item && fits(item))
                {
                    return item;
                }
            }

            return null;
        }
    }

    private ref T? At(ulong number) => ref _sent[number & (ulong)(_sent.Length - 1)];

    private void Grow()
    {
        var grown = new T?[_sent.Length * 2];
        for (var n = _first; n < _next; n++)
        {
            grown[n & (ulong)(grown.Length - 1)] = At(n);
        }

        _sent = grown;
    }
}
