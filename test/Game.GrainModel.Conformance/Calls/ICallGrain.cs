namespace Game.GrainModel.Conformance.Calls;

/// <summary>Every shape a grain method may have.</summary>
[Alias("conformance.ICallGrain")]
public interface ICallGrain : IGrainWithStringKey
{
    [Alias("DoTask")]
    Task DoTaskAsync();

    [Alias("GetTask")]
    Task<int> GetTaskAsync(int value);

    [Alias("DoValueTask")]
    ValueTask DoValueTaskAsync();

    [Alias("GetValueTask")]
    ValueTask<string> GetValueTaskAsync(string first, long second, bool third);

    [Alias("GetMany")]
    Task<string> GetManyAsync(int a, long b, double c, string d, Guid e, DateTimeOffset f, IReadOnlyList<int> g, int? h, Parcel i);

    [Alias("Echo")]
    Task<Parcel?> EchoAsync(Parcel? parcel);

    [Alias("GetKey")]
    Task<string> GetKeyAsync();

    [Alias("GetActivation")]
    Task<Guid> GetActivationAsync();

    /// <summary>The greatest number of calls of this method that were under way at once; each yields several times.</summary>
    [Alias("MeasureOverlap")]
    Task<int> MeasureOverlapAsync();

    /// <summary>Adds by reading, yielding and writing: loses additions if turns overlap.</summary>
    [Alias("AddSlowly")]
    Task<int> AddSlowlyAsync(int amount);

    /// <summary>Whether the code after an await runs where the code before it ran, even if the awaited work ran elsewhere.</summary>
    [Alias("ReturnsToScheduler")]
    Task<bool> ReturnsToSchedulerAsync();

    [Alias("Throw")]
    Task ThrowAsync(string message);

    [Alias("ThrowLater")]
    Task<int> ThrowLaterAsync(string message);

    [Alias("ThrowCancelled")]
    Task ThrowCancelledAsync();

    [Alias("CallOther")]
    Task<string> CallOtherAsync(string key);

    [Alias("CallSelf")]
    Task<Guid> CallSelfThroughReferenceAsync(ICallGrain self);

    [Alias("GetReference")]
    Task<ICallGrain> GetReferenceAsync();

    [Alias("Notify"), OneWay]
    Task NotifyAsync(string journal, string gate);

    [Alias("NotifyAndFail"), OneWay]
    Task NotifyAndFailAsync(string journal);

    [Alias("Stall"), ResponseTimeout("00:00:00.500")]
    Task StallAsync(string gate);
}

/// <summary>A message.</summary>
[GenerateSerializer, Immutable, Alias("conformance.parcel")]
public sealed record Parcel([property: Id(0)] string Name, [property: Id(1)] int Weight, [property: Id(2)] Parcel? Inner = null);

/// <summary>An exception of the application's own.</summary>
[GenerateSerializer, Alias("conformance.parcel-lost")]
public sealed class ParcelLostException(string message) : Exception(message);
