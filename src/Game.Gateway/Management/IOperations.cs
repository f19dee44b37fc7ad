using System.Text.Json;
using Game.Contracts.Analytics;
using Game.Contracts.Broadcast;

namespace Game.Gateway;

/// <summary>
/// What the management port shows and does about the shards of this process; the host answers. Safe for concurrent use.
/// An answer that cannot be had throws: the console says so and goes on.
/// </summary>
public interface IOperations
{
    /// <summary>
    /// Pages that the silo's engine has of its own: put into a pipeline under <c>/dashboard/</c>, behind the operator's login, when the
    /// gateway is mapped. Null: it has none.
    /// </summary>
    Action<IApplicationBuilder>? Dashboard { get; }

    /// <summary>State of every shard of this process, in order. Used for readiness too: answer within a second or so.</summary>
    Task<IReadOnlyList<ShardStatus>> GetShardsAsync(CancellationToken cancellationToken);

    /// <summary>Topics of Kafka that may have dead letters, those of all shards; empty without Kafka. Answers within a second or so.</summary>
    Task<IReadOnlyList<TopicStatus>> GetTopicsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<TopicStatus>>([]);

    /// <summary>Dead letters of a queue or a topic, oldest first, after <paramref name="after"/> (exclusive; 0 = the oldest).</summary>
    Task<IReadOnlyList<DeadLetterStatus>> ListDeadLettersAsync(
        string queue, long after, int count, CancellationToken cancellationToken);

    /// <summary>All that a dead letter says, its body included; null if there is none such.</summary>
    Task<DeadLetterDetail?> FindDeadLetterAsync(string queue, long id, CancellationToken cancellationToken);

    /// <summary>Puts a dead letter back into its queue, or at the end of its topic; false if there is none such.</summary>
    Task<bool> ReplayDeadLetterAsync(string queue, long id, CancellationToken cancellationToken);

    /// <summary>Throws a dead letter away, for good; false if there is none such.</summary>
    Task<bool> DiscardDeadLetterAsync(string queue, long id, CancellationToken cancellationToken);

    /// <summary>Writes down what an operator does; when this returns it is on disk.</summary>
    Task RecordAsync(AuditEntry entry, CancellationToken cancellationToken);

    /// <summary>The newest entries, newest first.</summary>
    Task<IReadOnlyList<AuditEntry>> ListAuditAsync(int count, CancellationToken cancellationToken);

    /// <summary>How the bus fares at this moment.</summary>
    BusStatus Bus { get; }

    /// <summary>Which way messages that have more than one take at this moment; empty: there are none.</summary>
    IReadOnlyList<RouteStatus> Routes { get; }

    /// <summary>Where all gold of the shards of this process is, folded from their logs.</summary>
    Task<LedgerStatus> GetLedgerAsync(CancellationToken cancellationToken);
}

/// <summary>Which way messages take.</summary>
/// <param name="Name">What they are.</param>
/// <param name="Way"><c>kafka</c>; <c>rabbitmq</c>: they wait in a queue there; <c>disk</c>: they wait in this process's data folder.</param>
/// <param name="Waiting">How many wait on disk.</param>
public sealed record RouteStatus(string Name, string Way, long Waiting)
{
    /// <summary>Whether they take another way than they should.</summary>
    public bool IsDegraded => Way != "kafka";
}

/// <summary>The way to the dead letters is closed for now.</summary>
public sealed class OperationUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>
/// <paramref name="Blocked"/>: the broker takes no messages, and delivers those it has. <paramref name="Unconfirmed"/>: publishes that
/// wait for their confirm.
/// </summary>
public sealed record BusStatus(bool Connected, string? Trouble, bool Blocked, int Unconfirmed);

/// <summary>What an operator did: an entry when it was asked for, and one with what came of it.</summary>
/// <param name="At">When.</param>
/// <param name="Who">The operator's name; <c>local</c> where the port asks for no login.</param>
/// <param name="From">The address it was asked from.</param>
/// <param name="Action">For example <c>dead-letter.discard</c>.</param>
/// <param name="Target">What it was done to.</param>
/// <param name="Outcome"><c>asked</c>, <c>done</c>, <c>not found</c> or why it failed.</param>
public sealed record AuditEntry(DateTimeOffset At, string Who, string? From, string Action, string Target, string Outcome);

/// <summary><paramref name="Headers"/>: what stands beside the body. <paramref name="Body"/>: JSON; null if it is none, see <paramref name="Base64"/>.</summary>
public sealed record DeadLetterDetail(
    DeadLetterStatus Letter, IReadOnlyDictionary<string, string> Headers, int BodyBytes, JsonElement? Body, string? Base64);

/// <summary>
/// One shard: whether it takes traffic, and if not why. <paramref name="Relay"/>: how far its log is published to Kafka; null if it
/// is not. <paramref name="Actions"/>: how far analytics has been told what its log holds.
/// </summary>
public sealed record ShardStatus(
    string Shard,
    bool Ready,
    string? Trouble,
    IReadOnlyList<PublisherStatus> Publishers,
    IReadOnlyList<QueueStatus> Queues,
    RelayStatus? Relay = null,
    InboxStatus? Inbox = null,
    ActionRelayStatus? Actions = null);

public sealed record QueueStatus(string Queue, long Ready, long Unacknowledged, long DeadLetters);

/// <summary>A topic and its open dead letters; null if they cannot be counted, and why.</summary>
public sealed record TopicStatus(string Topic, long? DeadLetters, string? Trouble);

public sealed record DeadLetterStatus(
    long Id, string MessageId, string Type, string Source, string RoutingKey, string Reason, DateTimeOffset At, int Deliveries);

/// <summary>Minted = wallets + treasuries + escrow + in transit, or gold was made or lost.</summary>
public sealed record LedgerStatus(
    long Minted, long Wallets, long Treasuries, long Escrow, long InTransit, bool Balanced);
