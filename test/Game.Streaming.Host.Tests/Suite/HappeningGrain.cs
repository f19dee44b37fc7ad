using Game.GrainModel.Conformance;

namespace Game.Streaming.Host.Tests.Suite;

[GenerateSerializer, Immutable, Alias("suite.happening")]
public sealed record Happening([property: Id(0)] int Number);

[Alias("suite.IHappeningGrain")]
public interface IHappeningGrain : IGrainWithStringKey
{
    [Alias("Touch")]
    Task TouchAsync();
}

/// <summary>
/// Takes batches and writes down what it got. What it is to fail or to wait for is found by its key, in this process.
/// </summary>
[ImplicitStreamSubscription(Topic)]
public sealed class HappeningGrain : Grain, IHappeningGrain, IStreamSubscriptionObserver, IAsyncBatchObserver<Happening>
{
    public const string Topic = "suite_happenings";

    private StreamSequenceToken? _last;

    public async Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) =>
        await handleFactory.Create<Happening>().ResumeAsync(this);

    public async Task OnNextAsync(IList<SequentialItem<Happening>> items)
    {
        var (key, plan) = (this.GetPrimaryKeyString(), Plan.Of(this.GetPrimaryKeyString()));
        if (plan.Gate is { } gate)
        {
            await Gate.Of(gate).PassAsync();
        }

        if (plan.Fails)
        {
            Journal.Of(key).Add("failed");
            throw new InvalidOperationException("The observer failed.");
        }

        Journal.Of(key).Add($"batch of {items.Count}");
        foreach (var item in items)
        {
            var isNew = _last is null || item.Token.SequenceNumber > _last.SequenceNumber;
            Journal.Of(key).Add(isNew ? $"{item.Item.Number}" : $"again {item.Item.Number}");
            _last = item.Token;
        }
    }

    public Task OnErrorAsync(Exception ex)
    {
        Journal.Of(this.GetPrimaryKeyString()).Add("error");
        return Task.CompletedTask;
    }

    public Task TouchAsync() => Task.CompletedTask;
}
