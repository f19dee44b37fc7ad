namespace Game.Embedded;

/// <summary>Looks, once per <see cref="EmbeddedSiloOptions.CollectionQuantum"/>, for activations that have been idle too long.</summary>
internal sealed class IdleCollector
{
    private readonly EmbeddedSilo _silo;
    private readonly ITimer _timer;
    private volatile int _round;

    public IdleCollector(EmbeddedSilo silo)
    {
        _silo = silo;
        using (ExecutionContext.IsFlowSuppressed() ? default(AsyncFlowControl?) : ExecutionContext.SuppressFlow())
        {
            _timer = silo.TimeProvider.CreateTimer(
                static self => ((IdleCollector)self!).Collect(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The number of rounds begun.</summary>
    public int Round => _round;

    public void Start() => Wait();

    public void Stop() => _timer.Dispose();

    private void Wait() => _timer.Change(_silo.Options.CollectionQuantum, Timeout.InfiniteTimeSpan);

    private void Collect()
    {
        _round++;
        foreach (var activation in _silo.Activations())
        {
            if (activation.IsStale)
            {
                activation.Collect();
            }
        }

        Wait();
    }
}
