namespace Game.GrainModel.Conformance.Calls;

public sealed class CallGrain : Grain, ICallGrain
{
    private readonly Guid _activation = Guid.NewGuid();
    private int _under;
    private int _most;
    private int _total;

    public Task DoTaskAsync() => Task.CompletedTask;

    public Task<int> GetTaskAsync(int value) => Task.FromResult(value + 1);

    public ValueTask DoValueTaskAsync() => ValueTask.CompletedTask;

    public ValueTask<string> GetValueTaskAsync(string first, long second, bool third) => new($"{first}|{second}|{third}");

    public async Task<string> GetManyAsync(
        int a, long b, double c, string d, Guid e, DateTimeOffset f, IReadOnlyList<int> g, int? h, Parcel i)
    {
        await Task.Yield();
        return FormattableString.Invariant($"{a}|{b}|{c}|{d}|{e}|{f:O}|{string.Join(',', g)}|{h}|{i.Name}");
    }

    public Task<Parcel?> EchoAsync(Parcel? parcel) => Task.FromResult(parcel);

    public Task<string> GetKeyAsync() => Task.FromResult(this.GetPrimaryKeyString());

    public Task<Guid> GetActivationAsync() => Task.FromResult(_activation);

    public async Task<int> MeasureOverlapAsync()
    {
        _most = Math.Max(_most, ++_under);
        for (var i = 0; i < 5; i++)
        {
            await Task.Yield();
        }

        _under--;
        return _most;
    }

    public async Task<int> AddSlowlyAsync(int amount)
    {
        var before = _total;
        await Task.Yield();
        return _total = before + amount;
    }

    public async Task<bool> ReturnsToSchedulerAsync()
    {
        var mine = TaskScheduler.Current;
        var returns = mine != TaskScheduler.Default;
        await Task.Yield();
        returns &= TaskScheduler.Current == mine;
        await Task.Run(() => { });
        returns &= TaskScheduler.Current == mine;
        await Task.Delay(1);
        returns &= TaskScheduler.Current == mine;
        await Task.Factory.StartNew(() => returns &= TaskScheduler.Current == mine);
        return returns;
    }

    public Task ThrowAsync(string message) => throw new ParcelLostException(message);

    public async Task<int> ThrowLaterAsync(string message)
    {
        await Task.Yield();
        throw new ParcelLostException(message);
    }

    public Task ThrowCancelledAsync() => throw new OperationCanceledException("gave up");

    public Task<string> CallOtherAsync(string key) => GrainFactory.GetGrain<ICallGrain>(key).GetKeyAsync();

    public Task<Guid> CallSelfThroughReferenceAsync(ICallGrain self) => self.GetActivationAsync();

    public Task<ICallGrain> GetReferenceAsync() => Task.FromResult(this.AsReference<ICallGrain>());

    public async Task NotifyAsync(string journal, string gate)
    {
        await Gate.Of(gate).PassAsync();
        Journal.Of(journal).Add("notified");
    }

    public Task NotifyAndFailAsync(string journal)
    {
        Journal.Of(journal).Add("failing");
        throw new ParcelLostException("nobody sees this");
    }

    public Task StallAsync(string gate) => Gate.Of(gate).PassAsync();
}
