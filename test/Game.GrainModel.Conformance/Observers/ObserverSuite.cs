using Xunit;

namespace Game.GrainModel.Conformance.Observers;

/// <summary>Objects outside grains that grains can call.</summary>
public abstract class ObserverSuite : GrainModelSuite
{
    protected override GrainModelSettings Settings => new() { ResponseTimeout = TimeSpan.FromSeconds(5) };

    [Fact]
    public async Task Observer_GetsWhatTheGrainPublishes()
    {
        var watcher = new Watcher(JournalOf());
        var grain = Grain<IWatchedGrain>();
        await grain.AddAsync(Host.GrainFactory.CreateObjectReference<IWatcher>(watcher));
        await grain.PublishAsync("news");
        await JournalOf().WaitForAsync("news");
        GC.KeepAlive(watcher);
    }

    [Fact]
    public async Task Observer_AnswersAndThrows()
    {
        var watcher = new Watcher(JournalOf());
        var grain = Grain<IWatchedGrain>();
        await grain.AddAsync(Host.GrainFactory.CreateObjectReference<IWatcher>(watcher));
        Assert.Equal("really yes", await SoonAsync(grain.AskFirstAsync("really")));
        await Assert.ThrowsAsync<InvalidOperationException>(() => SoonAsync(grain.AskFirstAsync("?")));
        GC.KeepAlive(watcher);
    }

    [Fact]
    public async Task Reference_EqualsItself_AndNoOther()
    {
        var watcher = new Watcher(JournalOf());
        var first = Host.GrainFactory.CreateObjectReference<IWatcher>(watcher);
        var second = Host.GrainFactory.CreateObjectReference<IWatcher>(new Watcher(JournalOf("other")));
        var grain = Grain<IWatchedGrain>();
        Assert.Equal(1, await grain.AddAsync(first));
        Assert.Equal(1, await grain.AddAsync(first));
        Assert.Equal(2, await grain.AddAsync(second));
        Assert.Equal(1, await grain.RemoveAsync(first));
        GC.KeepAlive(watcher);
    }

    [Fact]
    public async Task Observer_IsCalledOneAtATime()
    {
        var watcher = new Watcher(JournalOf(), GateOf("gate"));
        var grain = Grain<IWatchedGrain>();
        await grain.AddAsync(Host.GrainFactory.CreateObjectReference<IWatcher>(watcher));
        await grain.PublishAsync("a");
        await GateOf("gate").Reached;
        await grain.PublishAsync("b");
        Assert.Equal(["a begins"], JournalOf().Entries);

        GateOf("gate").Open();
        await JournalOf().WaitForAsync("b");
        Assert.Equal(["a begins", "a", "b begins", "b"], JournalOf().Entries);
        GC.KeepAlive(watcher);
    }

    [Fact]
    public async Task DeletedReference_ReachesNobody_AndTheGrainGoesOn()
    {
        var watcher = new Watcher(JournalOf());
        var reference = Host.GrainFactory.CreateObjectReference<IWatcher>(watcher);
        var grain = Grain<IWatchedGrain>();
        await grain.AddAsync(reference);
        Host.GrainFactory.DeleteObjectReference<IWatcher>(reference);
        await SoonAsync(grain.PublishAsync("news"));
        await Assert.ThrowsAnyAsync<Exception>(() => SoonAsync(grain.AskFirstAsync("really")));
        Assert.Empty(JournalOf().Entries);
        GC.KeepAlive(watcher);
    }
}
