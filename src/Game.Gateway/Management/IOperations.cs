using Game.Contracts.Broadcast;

namespace Game.Gateway;

/// <summary>
/// What the management port shows and does about the shards of this process; the host answers. Safe for concurrent use.
/// An answer that cannot be had throws: the console says so and goes on.
/// </summary>
public interface IOperations
{
    /// <summary>
    /// Pages that the shards' engine has of its own, by shard: each is put into a pipeline under <c>/dashboard/{shard}/</c>,
    /// behind the operator's login, when the gateway is mapped. Empty if the engine has none.
    /// </summary>
    IReadOnlyDictionary<string, Action<IApplicationBuilder>> Dashboards { get; }

    /// <summary>State of every shard of this process, in order. Used for readiness too: answer within a second or so.</summary>
    Task<IReadOnlyList<ShardStatus>> GetShardsAsync(CancellationToken cancellationToken);

    /// <summary>Dead letters of a queue, oldest first, after <paramref name="after"/> (exclusive; 0 = the oldest).</summary>
    Task<IReadOnlyList<DeadLetterStatus>> ListDeadLettersAsync(
        string queue, long after, int count, CancellationToken cancellationToken);

    /// <summary>Puts a dead letter back into its queue; false if there is none such.</summary>
    Task<bool> ReplayDeadLetterAsync(string queue, long id, CancellationToken cancellationToken);

    /// <summary>Where all gold of the shards of this process is, folded from their logs.</summary>
    Task<LedgerStatus> GetLedgerAsync(CancellationToken cancellationToken);
}

/// <summary>
/// One shard: whether it takes traffic, and if not why. <paramref name="Relay"/>: how far its log is published to Kafka; null if it
/// is not.
/// </summary>
public sealed record ShardStatus(
    string Shard,
    bool Ready,
    string? Trouble,
    IReadOnlyList<PublisherStatus> Publishers,
    IReadOnlyList<QueueStatus> Queues,
    RelayStatus? Relay = null);

public sealed record QueueStatus(string Queue, long Ready, long Unacknowledged, long DeadLetters);

public sealed record DeadLetterStatus(
    long Id, string MessageId, string Type, string Source, string RoutingKey, string Reason, DateTimeOffset At, int Deliveries);

/// <summary>Minted = wallets + treasuries + escrow + in transit, or gold was made or lost.</summary>
public sealed record LedgerStatus(
    long Minted, long Wallets, long Treasuries, long Escrow, long InTransit, bool Balanced);
