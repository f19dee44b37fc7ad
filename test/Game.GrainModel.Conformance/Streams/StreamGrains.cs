namespace Game.GrainModel.Conformance.Streams;

[GenerateSerializer, Immutable, Alias("conformance.news")]
public sealed record News([property: Id(0)] int Number, [property: Id(1)] string Text = "");

public static class StreamNames
{
    public const string Items = "conformance-items";
    public const string Batches = "conformance-batches";
    public const string Nobody = "conformance-nobody";
}

/// <summary>How often deliveries to a grain are to fail, by key; found by grains in this process.</summary>
public static class Failures
{
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, int> Left = new();

    public static void Plan(string key, int count) => Left[key] = count;

    public static bool Take(string key) => Left.AddOrUpdate(key, -1, static (_, left) => left - 1) >= 0;
}

[Alias("conformance.IItemGrain")]
public interface IItemGrain : IGrainWithStringKey
{
    [Alias("Hold")]
    Task HoldAsync(string gate);

    [Alias("Produce")]
    Task ProduceAsync(string key, News news);
}

/// <summary>Takes events one by one.</summary>
[ImplicitStreamSubscription(StreamNames.Items)]
public sealed class ItemGrain : Grain, IItemGrain, IStreamSubscriptionObserver, IAsyncObserver<News>
{
    public Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) => handleFactory.Create<News>().ResumeAsync(this);

    public async Task OnNextAsync(News item, StreamSequenceToken? token = null)
    {
        await Task.Yield();
        if (Failures.Take(this.GetPrimaryKeyString()))
        {
            Write($"failed {item.Number}");
            throw new InvalidOperationException("The observer failed.");
        }

        Write($"{item.Number}");
    }

    public Task OnErrorAsync(Exception ex)
    {
        Write("error");
        return Task.CompletedTask;
    }

    public async Task HoldAsync(string gate)
    {
        Write("hold begins");
        await Gate.Of(gate).PassAsync();
        Write("hold ends");
    }

    public Task ProduceAsync(string key, News news) => this.GetStreamProvider(GrainModelSettings.StreamProvider)
        .GetStream<News>(StreamId.Create(StreamNames.Items, key)).OnNextAsync(news);

    private void Write(string entry) => Journal.Of(this.GetPrimaryKeyString()).Add(entry);
}

[Alias("conformance.IBatchGrain")]
public interface IBatchGrain : IGrainWithStringKey
{
    [Alias("Touch")]
    Task TouchAsync();
}

/// <summary>Attaches when told of the subscription and takes events in batches.</summary>
[ImplicitStreamSubscription(StreamNames.Batches)]
public sealed class BatchGrain : Grain, IBatchGrain, IStreamSubscriptionObserver, IAsyncBatchObserver<News>
{
    private StreamSequenceToken? _last;

    public async Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory)
    {
        Write($"subscribed {handleFactory.ProviderName} {handleFactory.StreamId.GetKeyAsString() == this.GetPrimaryKeyString()}");
        await handleFactory.Create<News>().ResumeAsync(this);
    }

    public Task OnNextAsync(IList<SequentialItem<News>> items)
    {
        foreach (var item in items)
        {
            Write(_last is null || item.Token.Newer(_last) ? $"{item.Item.Number}" : $"{item.Item.Number} out of order");
            _last = item.Token;
        }

        return Task.CompletedTask;
    }

    public Task OnErrorAsync(Exception ex)
    {
        Write("error");
        return Task.CompletedTask;
    }

    public Task TouchAsync() => Task.CompletedTask;

    private void Write(string entry) => Journal.Of(this.GetPrimaryKeyString()).Add(entry);
}
