namespace Game.Benchmarks.Grains;

/// <summary>The smallest useful grain: a number.</summary>
[Alias("bench.ICounterGrain")]
public interface ICounterGrain : IGrainWithStringKey
{
    [Alias("Add")]
    Task<long> AddAsync(long amount);
}

public sealed class CounterGrain : Grain, ICounterGrain
{
    private long _total;

    public Task<long> AddAsync(long amount)
    {
        _total += amount;
        return Task.FromResult(_total);
    }
}
