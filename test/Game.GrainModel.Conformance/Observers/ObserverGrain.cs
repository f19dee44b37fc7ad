namespace Game.GrainModel.Conformance.Observers;

[Alias("conformance.IWatcher")]
public interface IWatcher : IGrainObserver
{
    [Alias("OnNews"), OneWay]
    Task OnNewsAsync(string news);

    [Alias("Ask")]
    Task<string> AskAsync(string question);
}

[Alias("conformance.IWatchedGrain")]
public interface IWatchedGrain : IGrainWithStringKey
{
    /// <returns>How many watchers there are now.</returns>
    [Alias("Add")]
    Task<int> AddAsync(IWatcher watcher);

    /// <inheritdoc cref="AddAsync"/>
    [Alias("Remove")]
    Task<int> RemoveAsync(IWatcher watcher);

    [Alias("Publish")]
    Task PublishAsync(string news);

    [Alias("Ask")]
    Task<string> AskFirstAsync(string question);
}

public sealed class WatchedGrain : Grain, IWatchedGrain
{
    private readonly HashSet<IWatcher> _watchers = [];

    public Task<int> AddAsync(IWatcher watcher)
    {
        _watchers.Add(watcher);
        return Task.FromResult(_watchers.Count);
    }

    public Task<int> RemoveAsync(IWatcher watcher)
    {
        _watchers.Remove(watcher);
        return Task.FromResult(_watchers.Count);
    }

    public Task PublishAsync(string news) => Task.WhenAll(_watchers.Select(watcher => watcher.OnNewsAsync(news)));

    public Task<string> AskFirstAsync(string question) => _watchers.First().AskAsync(question);
}

/// <summary>An observer that writes down what it gets.</summary>
public sealed class Watcher(Journal journal, Gate? gate = null) : IWatcher
{
    public async Task OnNewsAsync(string news)
    {
        journal.Add($"{news} begins");
        if (gate is not null)
        {
            await gate.PassAsync();
        }

        journal.Add(news);
    }

    public Task<string> AskAsync(string question) =>
        question == "?" ? throw new InvalidOperationException("No answer.") : Task.FromResult($"{question} yes");
}
