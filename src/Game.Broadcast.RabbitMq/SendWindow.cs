namespace Game.Broadcast.RabbitMq;

/// <summary>
/// How many messages may be on their way to the broker on one channel. It grows while confirms come early, and halves when they come
/// late, at most once a round trip, as TCP's congestion window does: a broker that has more to do than it can is given less, not
/// more, and nothing waits there until it counts as lost and is sent again. Thread-safe; one caller waits at a time.
/// </summary>
/// <param name="largest">Messages, 1 or more.</param>
internal sealed class SendWindow(int largest)
{
    private const int Smallest = 16;
    private const int First = 64;

    /// <summary>One event for a hundred queues takes the broker tens of milliseconds.</summary>
    private static readonly TimeSpan Early = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private int _open;
    private int _sinceHalved;
    private bool _closed;
    private TaskCompletionSource<bool>? _waiter;

    /// <summary>Messages that may be on their way now.</summary>
    public int Size { get; private set; } = Math.Min(First, largest);

    /// <summary>Takes a place as soon as there is one.</summary>
    /// <returns>False: the window is closed.</returns>
    public Task<bool> EnterAsync()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return Task.FromResult(false);
            }

            if (_open < Size)
            {
                _open++;
                return Task.FromResult(true);
            }

            _waiter = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            return _waiter.Task;
        }
    }

    /// <summary>Gives a place back.</summary>
    /// <param name="took">From sending to the confirm; null: there was none.</param>
    public void Leave(TimeSpan? took)
    {
        TaskCompletionSource<bool>? next = null;
        lock (_gate)
        {
            if (took is { } time)
            {
                Adapt(time);
            }

            _open--;
            if (_waiter is { } waiter && _open < Size)
            {
                (next, _waiter) = (waiter, null);
                _open++;
            }
        }

        next?.SetResult(true);
    }

    /// <summary>Nobody gets a place any more.</summary>
    public void Close()
    {
        TaskCompletionSource<bool>? last;
        lock (_gate)
        {
            _closed = true;
            (last, _waiter) = (_waiter, null);
        }

        last?.SetResult(false);
    }

    private void Adapt(TimeSpan took)
    {
        _sinceHalved++;
        if (took < Early)
        {
            // Not where fewer are sent than may be: that says nothing about more.
            if (_open > Size / 2)
            {
                Size = Math.Min(Size + 1, largest);
            }
        }
        else if (took > Late && _sinceHalved > Size)
        {
            Size = Math.Min(largest, Math.Max(Smallest, Size / 2));
            _sinceHalved = 0;
        }
    }
}
