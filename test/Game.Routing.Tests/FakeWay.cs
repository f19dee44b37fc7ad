namespace Game.Routing.Tests;

/// <summary>A way that is open or closed, and now and then takes a message without saying so.</summary>
internal sealed class FakeWay(Random random) : IParkingPlace
{
    private readonly Lock _lock = new();
    private readonly List<GameMessage> _arrived = [];

    public string Name => "fake";

    public bool IsOpen { get; set; } = true;

    /// <summary>Of how many sends one is not answered though it arrived; 0: none.</summary>
    public int Unanswered { get; set; }

    public IReadOnlyList<GameMessage> Arrived
    {
        get
        {
            lock (_lock)
            {
                return [.. _arrived];
            }
        }
    }

    public async Task SendAsync(GameMessage message, CancellationToken cancellationToken)
    {
        await Task.Yield();
        lock (_lock)
        {
            if (!IsOpen)
            {
                throw new RouteException("closed");
            }

            _arrived.Add(message);
            if (Unanswered > 0 && random.Next(Unanswered) == 0)
            {
                throw new RouteException("no answer");
            }
        }
    }

    public async Task<bool> DrainAsync(Func<GameMessage, Task<bool>> deliver, CancellationToken cancellationToken)
    {
        while (true)
        {
            GameMessage? next;
            lock (_lock)
            {
                if (!IsOpen)
                {
                    throw new RouteException("closed");
                }

                next = _arrived.FirstOrDefault();
            }

            if (next is null)
            {
                return true;
            }

            if (!await deliver(next))
            {
                return false;
            }

            lock (_lock)
            {
                _arrived.RemoveAt(0);
            }
        }
    }
}
