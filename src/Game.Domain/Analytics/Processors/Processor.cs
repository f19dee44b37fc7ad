using Game.Contracts.Analytics;
using Game.Domain.Analytics.Encoding;

namespace Game.Domain.Analytics.Processors;

/// <summary>
/// What is computed from player actions: a class that says which metrics an action adds to. Pure: the same actions in the same
/// order always add the same, however they are cut into batches. To add one, write the class and name it in
/// <see cref="ProcessorCatalog"/>; windows, exactness, storage and queries come with it.
/// </summary>
/// <remarks>One instance serves all buckets: state belongs into memories, never into fields.</remarks>
public abstract class Processor
{
    /// <summary>Part of keys in the store: <c>[a-z]{1,16}</c>, never changed.</summary>
    public abstract string Name { get; }

    /// <summary>All metrics it may emit.</summary>
    public abstract IReadOnlyList<MetricDefinition> Metrics { get; }

    /// <summary>What it remembers of a player, empty; null: nothing.</summary>
    public virtual Memory? NewPlayerMemory() => null;

    /// <summary>What it remembers of all players of a bucket, empty; null: nothing.</summary>
    public virtual Memory? NewSharedMemory() => null;

    /// <summary>One action. Metrics emitted count in the window of the action's time.</summary>
    public abstract void Process(ActionContext context, Emitter emit);

    /// <summary>A session of a player is over. Metrics emitted count in the window of its last action.</summary>
    public virtual void EndSession(SessionSummary session, Emitter emit)
    {
    }
}

/// <summary>State of a processor between actions, kept as compact bytes; empty when new.</summary>
public abstract class Memory
{
    /// <summary>Raised when the bytes change their meaning: memories of another version are forgotten.</summary>
    public virtual byte Version => 1;

    public abstract void Write(ByteWriter writer);

    public abstract void Read(ref ByteReader reader);
}

public enum MetricKind
{
    /// <summary>A sum; exact.</summary>
    Count,

    /// <summary>How many different ones.</summary>
    Distinct,

    /// <summary>A distribution with quantiles.</summary>
    Distribution,

    /// <summary>Alerts.</summary>
    Alerts,
}

/// <summary>A metric, described for those who ask for it.</summary>
/// <param name="Name">Lower case with underscores.</param>
/// <param name="Kind">What can be asked of it.</param>
/// <param name="Unit">For example <c>players</c>, <c>s</c>.</param>
/// <param name="Description">A sentence.</param>
/// <param name="Dimension">What it is told apart by; null: nothing.</param>
/// <param name="DailyOnly">Kept for days alone.</param>
public sealed record MetricDefinition(
    string Name, MetricKind Kind, string Unit, string Description, string? Dimension = null, bool DailyOnly = false);

/// <summary>An action as processors see it. Reused from one to the next.</summary>
public sealed class ActionContext
{
    public PlayerAction Action { get; internal set; } = null!;

    /// <summary>The action's time, Unix milliseconds.</summary>
    public long At { get; internal set; }

    /// <summary>Whether the bucket's watermark had passed the action's time.</summary>
    public bool IsLate { get; internal set; }

    /// <summary><see cref="Sketches.TextHash"/> of the player.</summary>
    public ulong PlayerHash { get; internal set; }

    /// <summary>Whether the player itself did it: the end of a war is told of one who need not be there.</summary>
    public bool Plays { get; internal set; }

    /// <summary>Whether the action begins a session.</summary>
    public bool StartsSession { get; internal set; }

    /// <summary>The processor's memory of the player, if it keeps one.</summary>
    public Memory? Player { get; internal set; }

    /// <summary>The processor's memory of the bucket, if it keeps one.</summary>
    public Memory? Shared { get; internal set; }
}

/// <summary>A session: a player's actions without a pause of 30 min or a logout. Times: Unix milliseconds.</summary>
public readonly record struct SessionSummary(long StartedAt, long EndedAt, long Actions);
