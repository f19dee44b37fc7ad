using Xunit;

namespace Game.GrainModel.Conformance.Workers;

/// <summary>Stateless workers: several activations of one key, as many as needed and allowed.</summary>
public abstract class WorkerSuite : GrainModelSuite
{
    [Fact]
    public async Task CallsAtOnce_MeetSeveralActivations_UpToTheLimit()
    {
        var grain = Grain<IWorkerGrain>();
        var calls = Enumerable.Range(0, 12).Select(_ => grain.WorkAsync(Key("gate"))).ToList();
        await JournalOf().WaitForAsync(3);
        Assert.Equal(3, JournalOf().Entries.Distinct().Count());
        GateOf("gate").Open();
        var activations = await SoonAsync(Task.WhenAll(calls));
        Assert.Equal(3, activations.Distinct().Count());
    }
}
