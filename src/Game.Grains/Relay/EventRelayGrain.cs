using Game.Contracts.Broadcast;
using Game.Grains.EventSourcing;
using Game.Grains.LogPumps;

namespace Game.Grains.Relay;

/// <summary>
/// Carries the whole log to a sink, in log order: at least once, and every reader knows an event by shard and position. Play does
/// not wait for any of it.
/// </summary>
[Reentrant]
public sealed class EventRelayGrain(EventSourcingServices services, EventRelay relay, ShardIdentity shard)
    : LogPumpGrain(services), IEventRelayGrain
{
    private string Topic => Key;

    protected override string CursorName => CursorOf(Topic);

    protected override string ReminderName => "relay";

    protected override bool IsUsed => relay.Sink is not null;

    /// <summary>The name of the cursor in the shard's store.</summary>
    public static string CursorOf(string topic) => $"kafka/{topic}";

    public async Task<RelayStatus> GetStatusAsync() =>
        new(Topic, Cursor, await Services.Store.GetHeadAsync(), Sent, Failures, Trouble);

    /// <inheritdoc/>
    /// <remarks>A page is what is written and not yet confirmed, at most.</remarks>
    protected override async Task<bool> SendPageAsync(CancellationToken stopping)
    {
        var page = await Services.Store.ReadLogAsync(Cursor, PageSize, stopping);
        if (page.Count == 0)
        {
            RelayMetrics.SetLag(shard.Name, 0);
            return false;
        }

        RelayMetrics.SetLag(shard.Name, await Services.Store.GetHeadAsync(stopping) - Cursor);
        await relay.Sink!.WriteAsync(shard.Name, page, stopping);
        await MoveCursorAsync(page[^1].Event.Position, stopping);
        Sent += page.Count;
        RelayMetrics.OnPublished(shard.Name, page.Count);
        return true;
    }

    protected override bool IsTrouble(Exception exception) => exception is EventSinkException;

    protected override void OnTrouble() => RelayMetrics.OnFailure(shard.Name);
}
