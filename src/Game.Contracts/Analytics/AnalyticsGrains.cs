namespace Game.Contracts.Analytics;

/// <summary>Puts actions of one bucket onto its stream; key: the bucket. Batches what concurrent callers bring.</summary>
[Alias("game.IActionIntakeGrain")]
public interface IActionIntakeGrain : IGrainWithStringKey
{
    /// <summary>Completes when the stream has taken them.</summary>
    [Alias("Take")]
    Task TakeAsync(IReadOnlyList<PlayerAction> actions);
}

/// <summary>
/// Tells the stream of player actions what the shard's log holds of them; key: the shard. The log is the outbox: the grain reads
/// after its durable cursor, writes to the stream, then moves the cursor.
/// </summary>
[Alias("game.IActionRelayGrain")]
public interface IActionRelayGrain : IGrainWithStringKey
{
    /// <summary>Looks at the log at once. It looks by itself a second later and then more and more seldom, every 8 s at last, and by its reminder after its silo is gone.</summary>
    [Alias("Wake"), OneWay, AlwaysInterleave]
    Task WakeAsync();

    [Alias("GetStatus"), ReadOnly, AlwaysInterleave]
    Task<ActionRelayStatus> GetStatusAsync();
}

/// <summary>How far a shard's log is told to the stream of player actions.</summary>
/// <param name="Cursor">Last log position known told.</param>
/// <param name="Head">The log's last position.</param>
/// <param name="Told">Actions told since the relay was activated.</param>
/// <param name="Failures">Attempts in vain since then.</param>
/// <param name="Trouble">Why the last attempt failed; null if it did not.</param>
[GenerateSerializer, Immutable, Alias("game.analytics.relay-status")]
public sealed record ActionRelayStatus(
    [property: Id(0)] long Cursor,
    [property: Id(1)] long Head,
    [property: Id(2)] long Told,
    [property: Id(3)] long Failures,
    [property: Id(4)] string? Trouble);

/// <summary>Receives one bucket's stream; key: the bucket. What it has returned from is durable in every window.</summary>
[Alias("game.IActionStreamGrain")]
public interface IActionStreamGrain : IGrainWithStringKey
{
    [Alias("GetStatus")]
    Task<BucketStatus> GetStatusAsync();
}

/// <summary>Folds one bucket's actions into the windows of one generation; key: <c>{generation}.{bucket}</c>.</summary>
[Alias("game.IActionBucketGrain")]
public interface IActionBucketGrain : IGrainWithStringKey
{
    /// <summary>
    /// Folds actions in the order of their offsets; those folded before are passed over, so that any redelivery, however cut,
    /// changes nothing. Once it answers, every effect is durable; a refusal means: ask again.
    /// </summary>
    [Alias("Fold")]
    Task<Outcome<BucketStatus>> FoldAsync(IReadOnlyList<PlacedAction> actions);

    [Alias("GetStatus"), ReadOnly]
    Task<BucketStatus> GetStatusAsync();
}

/// <summary>
/// How far a bucket has come. <paramref name="Watermark"/>: no action from before it is expected any more; one that comes
/// is counted as late and in its window all the same. <paramref name="Logs"/>: how far it has what shards' logs tell.
/// </summary>
[GenerateSerializer, Immutable, Alias("game.analytics.bucket-status")]
public sealed record BucketStatus(
    [property: Id(0)] string Bucket,
    [property: Id(1)] ActionOffset Mark,
    [property: Id(2)] DateTimeOffset? Watermark,
    [property: Id(3)] BucketCounters Counters,
    [property: Id(4)] int Players,
    [property: Id(5)] DateTimeOffset? FoldedAt,
    [property: Id(6)] IReadOnlyList<LogMark>? Logs = null);

/// <summary>Actions of a bucket since its first: counted, of those late; and passed over as repeated or unusable.</summary>
[GenerateSerializer, Immutable, Alias("game.analytics.bucket-counters")]
public sealed record BucketCounters(
    [property: Id(0)] long Counted,
    [property: Id(1)] long Late,
    [property: Id(2)] long Repeated,
    [property: Id(3)] long Unusable)
{
    public static BucketCounters Zero { get; } = new(0, 0, 0, 0);
}

[GenerateSerializer, Immutable, Alias("game.analytics.bucket-command")]
public abstract record BucketCommand(string CommandId) : Command(CommandId);

/// <summary>The bucket's memory moves from one mark to the next. <paramref name="Memories"/>: those that changed.</summary>
[GenerateSerializer, Immutable, Alias("game.analytics.advance-bucket")]
public sealed record AdvanceBucket(
    string CommandId,
    [property: Id(0)] ActionOffset After,
    [property: Id(1)] ActionOffset Last,
    [property: Id(2)] long NewestMillis,
    [property: Id(3)] BucketCounters Counters,
    [property: Id(4)] string Shared,
    [property: Id(5)] IReadOnlyList<MemoryChange> Memories) : BucketCommand(CommandId);

/// <summary>What a bucket remembers of a player from now on, base64; null: nothing.</summary>
[GenerateSerializer, Immutable, Alias("game.analytics.memory-change")]
public sealed record MemoryChange([property: Id(0)] string Player, [property: Id(1)] string? Content);

[GenerateSerializer, Immutable, Alias("analytics.bucket-advanced")]
public sealed record BucketAdvanced(
    DateTimeOffset At,
    [property: Id(0)] ActionOffset Last,
    [property: Id(1)] long NewestMillis,
    [property: Id(2)] BucketCounters Counters,
    [property: Id(3)] string Shared,
    [property: Id(4)] IReadOnlyList<MemoryChange> Memories) : GameEvent(At);

/// <summary>
/// Windows of one processor and resolution over one span of time; key: <c>{generation}.{processor}.{resolution}.{span}</c>.
/// </summary>
[Alias("game.IWindowGrain")]
public interface IWindowGrain : IGrainWithStringKey
{
    /// <summary>The offset up to which these windows hold everything of a bucket; <see cref="ActionOffset.Start"/>: nothing yet.</summary>
    [Alias("GetMark"), ReadOnly]
    Task<ActionOffset> GetMarkAsync(string bucket);

    /// <summary>Merges a partial result if the bucket's mark is where it begins; the mark moves in the same append.</summary>
    [Alias("Handle")]
    Task<Outcome<ActionOffset>> HandleAsync(WindowCommand command);

    /// <summary>The panes that begin from <paramref name="from"/> to before <paramref name="to"/>: <c>PaneSet</c>, base64.</summary>
    [Alias("Read"), ReadOnly]
    Task<string> ReadAsync(DateTimeOffset from, DateTimeOffset to);
}

[GenerateSerializer, Immutable, Alias("game.analytics.window-command")]
public abstract record WindowCommand(string CommandId) : Command(CommandId);

/// <summary>
/// What a bucket's actions after one offset, up to another, add to these windows. <paramref name="Content"/>: <c>PaneSet</c>, base64.
/// </summary>
[GenerateSerializer, Immutable, Alias("game.analytics.merge-partial")]
public sealed record MergePartial(
    string CommandId,
    [property: Id(0)] string Bucket,
    [property: Id(1)] ActionOffset After,
    [property: Id(2)] ActionOffset Last,
    [property: Id(3)] string Content) : WindowCommand(CommandId);

[GenerateSerializer, Immutable, Alias("analytics.partial-merged")]
public sealed record PartialMerged(
    DateTimeOffset At,
    [property: Id(0)] string Bucket,
    [property: Id(1)] ActionOffset Last,
    [property: Id(2)] string Content) : GameEvent(At);
