using Game.Contracts;
using Game.Contracts.Analytics;
using Game.Domain.Analytics.Windows;
using Game.Grains.EventSourcing;

namespace Game.Grains.Analytics;

/// <summary>Windows of one processor over one span. Partials of all buckets that come together share an append.</summary>
[Reentrant]
public sealed class WindowGrain(EventSourcingServices services) : EventSourcedGrain<WindowSpan, WindowCommand>(services), IWindowGrain
{
    /// <summary>What a snapshot's bytes are.</summary>
    public const string SnapshotFormat = "window/1";

    private const int BytesAnEvent = 1_024;

    protected override string Category => StreamName.Window;

    public async Task<ActionOffset> GetMarkAsync(string bucket) => (await ReadAsync()).MarkOf(bucket);

    // The answer is the partial's own end, not the mark: others of the batch may have moved it on.
    public Task<Outcome<ActionOffset>> HandleAsync(WindowCommand command) => ExecuteAsync(
        command, _ => ((MergePartial)command).Last, _ => ((MergePartial)command).Last);

    public async Task<string> ReadAsync(DateTimeOffset from, DateTimeOffset to) =>
        (await ReadAsync()).Panes.Slice(Resolutions.MinuteOf(from), Resolutions.MinuteOf(to)).ToBase64();

    protected override AggregateReader<WindowSpan> CreateReader() => new BinaryStateReader<WindowSpan>(
        Store,
        Codec,
        SnapshotFormat,
        () => WindowSpan.Initial(Key),
        (state, fact) => state.Apply(fact),
        state => state.WriteSnapshot(),
        WindowSpan.ReadSnapshot);

    protected override long SnapshotIntervalAfter(long snapshotBytes) =>
        Math.Max(AggregateReader<WindowSpan>.MinSnapshotInterval, snapshotBytes / BytesAnEvent);
}
