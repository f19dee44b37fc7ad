namespace Game.GrainModel.Conformance.Life;

/// <summary>A grain that writes down its life.</summary>
[Alias("conformance.ILifeMethods")]
public interface ILifeMethods : IGrainWithStringKey
{
    [Alias("GetActivation")]
    Task<Guid> GetActivationAsync();

    [Alias("DeactivateOnIdle")]
    Task DeactivateOnIdleAsync();

    [Alias("DeactivateAtGate")]
    Task DeactivateAtGateAsync(string gate);

    [Alias("Stay")]
    Task StayAsync(TimeSpan time);

    [Alias("Wait")]
    Task WaitAsync(string gate);
}

[Alias("conformance.ILifeGrain")]
public interface ILifeGrain : ILifeMethods;

public abstract class LifeGrainBase : Grain
{
    private readonly Guid _activation = Guid.NewGuid();

    protected LifeGrainBase()
    {
        Write($"constructed {this.GetPrimaryKeyString()}");
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Write("activated");
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Write($"deactivated {reason.ReasonCode}");
        return Task.CompletedTask;
    }

    public Task<Guid> GetActivationAsync()
    {
        Write("called");
        return Task.FromResult(_activation);
    }

    public Task DeactivateOnIdleAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task DeactivateAtGateAsync(string gate)
    {
        DeactivateOnIdle();
        await Gate.Of(gate).PassAsync();
        Write("passed");
    }

    public Task StayAsync(TimeSpan time)
    {
        DelayDeactivation(time);
        return Task.CompletedTask;
    }

    public async Task WaitAsync(string gate)
    {
        await Gate.Of(gate).PassAsync();
        Write("passed");
    }

    private void Write(string entry) => Journal.Of(this.GetPrimaryKeyString()).Add(entry);
}

public sealed class LifeGrain : LifeGrainBase, ILifeGrain;

/// <summary>A grain whose activation fails as often as its test wants.</summary>
[Alias("conformance.IFragileGrain")]
public interface IFragileGrain : IGrainWithStringKey
{
    [Alias("Get")]
    Task<string> GetAsync();
}

public sealed class FragileGrain : Grain, IFragileGrain
{
    public const string StillBroken = "still broken";

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var journal = Journal.Of(this.GetPrimaryKeyString());
        await Gate.Of(this.GetPrimaryKeyString()).PassAsync();
        journal.Add("tried");
        if (journal.Entries.Count == 1)
        {
            throw new InvalidTimeZoneException(StillBroken);
        }
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Journal.Of(this.GetPrimaryKeyString()).Add("deactivated");
        return Task.CompletedTask;
    }

    public Task<string> GetAsync() => Task.FromResult("whole");
}
