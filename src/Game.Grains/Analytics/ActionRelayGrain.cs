using Game.Contracts;
using Game.Contracts.Analytics;
using Game.Contracts.Streams;
using Game.Domain.Analytics;
using Game.EventStore;
using Game.Grains.EventSourcing;
using Game.Grains.LogPumps;

namespace Game.Grains.Analytics;

/// <summary>
/// Tells the stream of player actions what the shard's log holds of them. Appends wake it once a second at most: play pays next to
/// nothing, and what gathers meanwhile is one batch for each bucket. A log that was never told is told from its beginning: every action
/// counts in the windows of its own time.
/// </summary>
/// <remarks>
/// Over streams that are lost with the process the cursor waits until the buckets have folded what they were told.
/// </remarks>
[Reentrant]
public sealed class ActionRelayGrain(
    EventSourcingServices services, ShardIdentity shard, AnalyticsOptions options, AnalyticsMetrics metrics)
    : LogPumpGrain(services), IActionRelayGrain
{
    /// <summary>The name of the cursor in the shard's store.</summary>
    public const string Cursors = "actions";

    /// <summary>Actions of a round at most, of all buckets.</summary>
    private const int MaxActions = 4_096;

    /// <summary>Events of a round at most: most of them may be none that tells anything.</summary>
    private const int MaxEvents = 16_384;

    /// <summary>Actions written at once.</summary>
    private const int MaxBatch = 500;

    private const int MaxKnownFirsts = 4_096;

    /// <summary>
    /// A stream in memory loses deliveries only with a silo that had them, or when it gives one up after a minute of trouble. Until then it
    /// tries by itself, in order: what is told again would only queue up behind, on a machine that is busy as it is.
    /// </summary>
    private static readonly TimeSpan FoldTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    private readonly Dictionary<string, GameEvent> _firsts = new(StringComparer.Ordinal);

    protected override string CursorName => Cursors;

    protected override string ReminderName => "actions";

    protected override bool IsUsed => options.TellsLog;

    public async Task<ActionRelayStatus> GetStatusAsync() =>
        new(Cursor, await Services.Store.GetHeadAsync(), Sent, Failures, Trouble);

    protected override async Task<bool> SendPageAsync(CancellationToken stopping)
    {
        var (position, more, actions) = await GatherAsync(stopping);
        if (position == Cursor)
        {
            metrics.SetRelayLag(shard.Name, 0);
            return false;
        }

        var floor = Cursor == 0 ? 0 : ServerActions.PlaceAfter(Cursor);
        var buckets = actions.Select(action => action with { Log = action.Log! with { Floor = floor } })
            .GroupBy(action => ActionStreams.BucketOf(action.Player), StringComparer.Ordinal)
            .Select(bucket => (bucket.Key, Actions: bucket.ToList()))
            .ToList();
        if (buckets.Count > 0)
        {
            metrics.SetRelayLag(shard.Name, await Services.Store.GetHeadAsync(stopping) - Cursor);
            await Task.WhenAll(buckets.Select(bucket => TellAsync(bucket.Key, bucket.Actions, floor, stopping)));
        }

        await MoveCursorAsync(position, stopping);
        Sent += actions.Count;
        metrics.Told(actions.Count);
        return more;
    }

    /// <summary>The stream's own failures differ from provider to provider; whichever, the log is still there.</summary>
    protected override bool IsTrouble(Exception exception) => exception is not OperationCanceledException;

    protected override void OnTrouble() => metrics.RelayFailed(shard.Name);

    private async Task<(long Position, bool More, List<PlayerAction> Actions)> GatherAsync(CancellationToken stopping)
    {
        var actions = new List<PlayerAction>();
        var position = Cursor;
        for (var events = 0; events < MaxEvents && actions.Count < MaxActions;)
        {
            var page = await Services.Store.ReadAllAsync(position, PageSize, stopping);
            foreach (var stored in page)
            {
                actions.AddRange(await ActionsOfAsync(stored, stopping));
            }

            position = page.Count > 0 ? page[^1].Position : position;
            events += page.Count;
            if (page.Count < PageSize)
            {
                return (position, false, actions);
            }
        }

        return (position, true, actions);
    }

    private async ValueTask<IReadOnlyList<PlayerAction>> ActionsOfAsync(StoredEvent stored, CancellationToken stopping)
    {
        if (Services.Codec.TypeOf(stored.Type) is not { } type || !ServerActions.Tells(type))
        {
            return [];
        }

        var first = ServerActions.NeedsFirst(type) ? await FirstOfAsync(stored.Stream, stopping) : null;
        return ServerActions.Of(
            new ShardFact(shard.Name, stored.Position, StreamName.KeyOf(stored.Stream), Services.Codec.Decode(stored), first));
    }

    private async Task<GameEvent?> FirstOfAsync(string stream, CancellationToken stopping)
    {
        if (!_firsts.TryGetValue(stream, out var first))
        {
            await foreach (var stored in Services.Store.ReadAsync(stream, 1, 1, stopping))
            {
                first = Services.Codec.Decode(stored);
                if (_firsts.Count >= MaxKnownFirsts)
                {
                    _firsts.Clear();
                }

                _firsts.Add(stream, first);
            }
        }

        return first;
    }

    private async Task TellAsync(string bucket, List<PlayerAction> actions, long floor, CancellationToken stopping)
    {
        var stream = this.GetStreamProvider(StreamProviders.Kafka)
            .GetStream<PlayerAction>(StreamId.Create(ActionStreams.Namespace, ShardKey.Of(shard.Name, bucket)));
        foreach (var batch in actions.Chunk(MaxBatch))
        {
            await stream.OnNextBatchAsync(batch).WaitAsync(stopping);
            metrics.Taken(batch.Length);
        }

        if (!options.KeepsStreams)
        {
            await UntilFoldedAsync(bucket, actions, floor, stopping);
        }
    }

    /// <summary>
    /// Above its floor a bucket has only what a round at that floor told it. Its floor is above this round's where the cursor was lost: what
    /// lies between the two it has.
    /// </summary>
    /// <exception cref="TimeoutException">It has not folded all of them in time: they are told again.</exception>
    private async Task UntilFoldedAsync(string bucket, List<PlayerAction> actions, long floor, CancellationToken stopping)
    {
        var plan = await GrainFactory.GetGrain<IAnalyticsGenerationsGrain>(shard.Name).GetPlanAsync();
        var grain = GrainFactory.GetGrain<IActionBucketGrain>(BucketKey.Of(plan.Shown, bucket));
        var started = Services.Clock.GetTimestamp();
        while (true)
        {
            var mark = (await grain.GetStatusAsync()).Logs?.FirstOrDefault(log => log.Shard == shard.Name);
            if (mark is not null && mark.Floor >= floor && mark.Above >= actions.Count(action => action.Log!.Place > mark.Floor))
            {
                return;
            }

            if (Services.Clock.GetElapsedTime(started) > FoldTimeout)
            {
                throw new TimeoutException($"Bucket {bucket} has not folded what the log told it.");
            }

            await Task.Delay(BetweenLooks, Services.Clock, stopping);
        }
    }
}
