namespace Game.Embedded;

/// <summary>The activations of one key of a stateless worker class. Safe for concurrent use.</summary>
internal sealed class StatelessWorkerPool(GrainClass grainClass, string key, int maxWorkers)
{
    private readonly Lock _lock = new();
    private readonly List<StatelessWorker> _workers = [];
    private bool _closed;

    public string Key => key;

    public IReadOnlyList<StatelessWorker> Workers
    {
        get
        {
            lock (_lock)
            {
                return [.. _workers];
            }
        }
    }

    /// <summary>An idle worker, a new one, or the one with the fewest requests; null if the pool is no longer in use.</summary>
    public StatelessWorker? TryFind()
    {
        StatelessWorker chosen;
        lock (_lock)
        {
            if (_closed)
            {
                return null;
            }

            var best = _workers.MinBy(worker => worker.Load);
            if (best is not null && (best.Load == 0 || _workers.Count >= maxWorkers))
            {
                best.Load++;
                return best;
            }

            chosen = new StatelessWorker(grainClass, key, this) { Load = 1 };
            _workers.Add(chosen);
        }

        grainClass.CountIn(chosen);
        return chosen;
    }

    public void OnLeft(StatelessWorker worker)
    {
        lock (_lock)
        {
            worker.Load--;
        }
    }

    public void Remove(StatelessWorker worker)
    {
        lock (_lock)
        {
            _workers.Remove(worker);
            if (_workers.Count > 0)
            {
                return;
            }

            _closed = true;
        }

        grainClass.RemovePool(this);
    }
}

/// <summary>One of several activations of a key.</summary>
internal sealed class StatelessWorker(GrainClass grainClass, string key, StatelessWorkerPool pool) : Activation(grainClass, key)
{
    public StatelessWorkerPool Pool => pool;

    /// <summary>Requests given to the worker that have not ended. Guarded by the pool.</summary>
    public int Load { get; set; }

    private protected override void OnLeft(Request request)
    {
        if (!request.IsLocal)
        {
            pool.OnLeft(this);
        }
    }
}
