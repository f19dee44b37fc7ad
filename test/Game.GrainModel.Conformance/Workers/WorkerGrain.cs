namespace Game.GrainModel.Conformance.Workers;

[Alias("conformance.IWorkerGrain")]
public interface IWorkerGrain : IGrainWithStringKey
{
    /// <summary>Waits at the gate; gives the activation that did.</summary>
    [Alias("Work")]
    Task<Guid> WorkAsync(string gate);
}

/// <summary>A stateless worker with at most three activations a key.</summary>
[StatelessWorker(3)]
public sealed class WorkerGrain : Grain, IWorkerGrain
{
    private readonly Guid _activation = Guid.NewGuid();

    public async Task<Guid> WorkAsync(string gate)
    {
        Journal.Of(this.GetPrimaryKeyString()).Add($"{_activation}");
        await Gate.Of(gate).PassAsync();
        return _activation;
    }
}
