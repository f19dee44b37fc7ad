namespace Game.Contracts.Analytics;

/// <summary>
/// The generations of a shard's windows; key: the shard. Generation 1 is there from the beginning and is everything; a further one is
/// computed again from a chosen time on, or begins where a shard that streamed in memory is given Kafka, whose offsets are others.
/// </summary>
[Alias("game.IAnalyticsGenerationsGrain")]
public interface IAnalyticsGenerationsGrain : IGrainWithStringKey
{
    /// <summary>What a delivery of the stream is folded into; asked anew for each.</summary>
    [Alias("GetPlan"), ReadOnly]
    Task<FoldPlan> GetPlanAsync();

    [Alias("Get"), ReadOnly]
    Task<GenerationsView> GetAsync();

    [Alias("Handle")]
    Task<Outcome<GenerationsView>> HandleAsync(GenerationsCommand command);

    /// <summary>Why a command would be refused now; null: it would not. Changes nothing.</summary>
    [Alias("Check"), ReadOnly]
    Task<Refusal?> CheckAsync(GenerationsCommand command);
}

/// <summary>
/// Computes a generation again from what the topic of player actions keeps; key: the shard. Goes on where it was after its silo is gone.
/// </summary>
[Alias("game.IRecomputeGrain")]
public interface IRecomputeGrain : IGrainWithStringKey
{
    /// <summary>Why it would be refused to begin now; null: it would not. Changes nothing.</summary>
    [Alias("Check")]
    Task<Refusal?> CheckAsync(int generation, DateTimeOffset from);

    /// <summary>Begins, and returns; asked again for the same generation it has begun already.</summary>
    [Alias("Begin")]
    Task<Outcome<GenerationsView>> BeginAsync(int generation, DateTimeOffset from);

    /// <summary>
    /// Waits until a generation that is about to join holds everything of a bucket from before an offset, so that what begins there can
    /// be folded into it without a gap.
    /// </summary>
    /// <returns>False: it is folded no longer.</returns>
    /// <exception cref="TimeoutException">It takes too long: to be delivered again.</exception>
    [Alias("Reach"), AlwaysInterleave]
    Task<bool> ReachAsync(int generation, string bucket, long offset);

    /// <summary>How far it is; null: nothing is being computed.</summary>
    [Alias("GetStatus"), ReadOnly, AlwaysInterleave]
    Task<RecomputeStatus?> GetStatusAsync();
}

/// <summary>What becomes of a generation. Stored: never renumber.</summary>
public enum GenerationPhase
{
    /// <summary>What the topic keeps is being folded; deliveries are not.</summary>
    Computing,

    /// <summary>Nearly there: deliveries are folded too, each behind what comes before it.</summary>
    Joining,

    /// <summary>Every delivery is folded.</summary>
    Live,

    /// <summary>Nothing is folded any more; what it holds stays readable.</summary>
    Retired,
}

/// <summary>A generation.</summary>
/// <param name="Number">From 1.</param>
/// <param name="From">From when on its windows are its own, a UTC midnight; null: always.</param>
/// <param name="Base">Whose windows it shows before that; null: it needs none.</param>
/// <param name="Phase">What becomes of it.</param>
/// <param name="Reason">Why it was retired, if not by an operator.</param>
[GenerateSerializer, Immutable, Alias("game.analytics.generation")]
public sealed record GenerationView(
    [property: Id(0)] int Number,
    [property: Id(1)] DateTimeOffset? From,
    [property: Id(2)] int? Base,
    [property: Id(3)] GenerationPhase Phase,
    [property: Id(4)] string? Reason = null);

/// <summary>Everything of a partition from before <paramref name="Next"/>, an offset, is folded.</summary>
[GenerateSerializer, Immutable, Alias("game.analytics.partition-place")]
public sealed record PartitionPlace([property: Id(0)] int Partition, [property: Id(1)] long Next);

/// <summary>
/// The generations of a shard, by number. <paramref name="Shown"/>: what questions are about unless they name another.
/// <paramref name="Places"/>: how far the one that is being computed has durably come.
/// </summary>
[GenerateSerializer, Immutable, Alias("game.analytics.generations")]
public sealed record GenerationsView(
    [property: Id(0)] int Shown,
    [property: Id(1)] IReadOnlyList<GenerationView> Generations,
    [property: Id(2)] IReadOnlyList<PartitionPlace> Places)
{
    /// <summary>The one that is being computed; null: none is.</summary>
    public GenerationView? Computed() =>
        Generations.FirstOrDefault(generation => generation.Phase is GenerationPhase.Computing or GenerationPhase.Joining);

    public GenerationView? Find(int number) => Generations.FirstOrDefault(generation => generation.Number == number);
}

/// <summary>What a delivery is folded into: <paramref name="Live"/>, and into <paramref name="Joining"/> behind what comes before it.</summary>
[GenerateSerializer, Immutable, Alias("game.analytics.fold-plan")]
public sealed record FoldPlan(
    [property: Id(0)] int Shown, [property: Id(1)] IReadOnlyList<int> Live, [property: Id(2)] int? Joining);

/// <summary>How far a recomputation is.</summary>
/// <param name="Generation">What is being computed.</param>
/// <param name="Phase"><see cref="GenerationPhase.Computing"/> or <see cref="GenerationPhase.Joining"/>.</param>
/// <param name="Folded">Actions folded since the grain was activated.</param>
/// <param name="Left">Records of the topic not yet folded, when it was last looked; null: not yet known.</param>
/// <param name="Trouble">Why the last attempt failed; null if it did not.</param>
[GenerateSerializer, Immutable, Alias("game.analytics.recompute-status")]
public sealed record RecomputeStatus(
    [property: Id(0)] int Generation,
    [property: Id(1)] GenerationPhase Phase,
    [property: Id(2)] long Folded,
    [property: Id(3)] long? Left,
    [property: Id(4)] string? Trouble);

[GenerateSerializer, Immutable, Alias("game.analytics.generations-command")]
public abstract record GenerationsCommand(string CommandId) : Command(CommandId);

/// <summary>A new generation is to be computed, from <paramref name="Places"/> on.</summary>
[GenerateSerializer, Immutable, Alias("game.analytics.begin-recompute")]
public sealed record BeginRecompute(
    string CommandId,
    [property: Id(0)] int Generation,
    [property: Id(1)] DateTimeOffset From,
    [property: Id(2), PerAttempt] IReadOnlyList<PartitionPlace> Places) : GenerationsCommand(CommandId);

/// <summary>Everything from before these places is folded.</summary>
[GenerateSerializer, Immutable, Alias("game.analytics.move-recompute")]
public sealed record MoveRecompute(
    string CommandId,
    [property: Id(0)] int Generation,
    [property: Id(1)] IReadOnlyList<PartitionPlace> Places) : GenerationsCommand(CommandId);

/// <summary>Deliveries are to be folded too.</summary>
[GenerateSerializer, Immutable, Alias("game.analytics.join-recompute")]
public sealed record JoinRecompute(string CommandId, [property: Id(0)] int Generation) : GenerationsCommand(CommandId);

/// <summary>All that was delivered before it joined is folded.</summary>
[GenerateSerializer, Immutable, Alias("game.analytics.finish-recompute")]
public sealed record FinishRecompute(string CommandId, [property: Id(0)] int Generation) : GenerationsCommand(CommandId);

/// <summary>Questions are about this one from now on.</summary>
[GenerateSerializer, Immutable, Alias("game.analytics.show-generation")]
public sealed record ShowGeneration(string CommandId, [property: Id(0)] int Generation) : GenerationsCommand(CommandId);

/// <summary>Nothing is to be folded into it any more. <paramref name="Reason"/>: null if an operator says so.</summary>
[GenerateSerializer, Immutable, Alias("game.analytics.retire-generation")]
public sealed record RetireGeneration(
    string CommandId, [property: Id(0)] int Generation, [property: Id(1)] string? Reason) : GenerationsCommand(CommandId);

/// <summary>A delivery of Kafka has met a generation whose offsets are those of streams in memory.</summary>
[GenerateSerializer, Immutable, Alias("game.analytics.leave-memory")]
public sealed record LeaveMemory(string CommandId, [property: Id(0)] int Generation) : GenerationsCommand(CommandId);

[GenerateSerializer, Immutable, Alias("analytics.recompute-begun")]
public sealed record RecomputeBegun(
    DateTimeOffset At,
    [property: Id(0)] int Generation,
    [property: Id(1)] DateTimeOffset From,
    [property: Id(2)] int Base,
    [property: Id(3)] IReadOnlyList<PartitionPlace> Places) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("analytics.recompute-moved")]
public sealed record RecomputeMoved(DateTimeOffset At, [property: Id(0)] IReadOnlyList<PartitionPlace> Places) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("analytics.recompute-joined")]
public sealed record RecomputeJoined(DateTimeOffset At, [property: Id(0)] int Generation) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("analytics.recompute-finished")]
public sealed record RecomputeFinished(DateTimeOffset At, [property: Id(0)] int Generation) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("analytics.generation-shown")]
public sealed record GenerationShown(DateTimeOffset At, [property: Id(0)] int Generation) : GameEvent(At);

[GenerateSerializer, Immutable, Alias("analytics.generation-retired")]
public sealed record GenerationRetired(
    DateTimeOffset At, [property: Id(0)] int Generation, [property: Id(1)] string? Reason) : GameEvent(At);

/// <summary>
/// Actions come over Kafka, and had come over streams in memory: a generation begins, shown from the midnight before on, and those before
/// it get nothing more.
/// </summary>
[GenerateSerializer, Immutable, Alias("analytics.memory-left")]
public sealed record MemoryLeft(
    DateTimeOffset At, [property: Id(0)] int Generation, [property: Id(1)] DateTimeOffset From, [property: Id(2)] int Base) : GameEvent(At);
