using Game.Contracts;
using Game.Contracts.Analytics;
using Game.EventStore;
using Game.Grains.EventSourcing;
using Microsoft.Extensions.Logging;

namespace Game.Grains.Analytics;

/// <summary>
/// Folds what the topic keeps into a new generation, each partition in order from its durable place. Near the end it lets the generation
/// join: deliveries are folded into it too, each waiting here until what comes before it is folded. What was delivered before that
/// without it lies before the end as it is read afterwards; once that is reached, deliveries alone carry it on.
/// </summary>
/// <remarks>
/// A second activation does no harm: both fold in order from a durable place, and what a bucket has it passes over.
/// </remarks>
[Reentrant]
public sealed partial class RecomputeGrain(
    EventSourcingServices services, ShardIdentity shard, AnalyticsOptions options, AnalyticsMetrics metrics)
    : ShardGrain, IRecomputeGrain, IRemindable
{
    /// <summary>Stored with the reminder: never to be changed.</summary>
    private const string ReminderName = "recompute";

    /// <summary>Records left, of all partitions, with which a generation may join.</summary>
    private const long NearlyThere = 1_000;

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReachTimeout = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private readonly List<(int Partition, long Offset, TaskCompletionSource<bool> Reached)> _waiting = [];
    private IGrainTimer? _timer;
    private Run? _run;
    private Task _looking = Task.CompletedTask;
    private int _beginning;
    private string? _trouble;

    private IAnalyticsGenerationsGrain Generations => GrainFactory.GetGrain<IAnalyticsGenerationsGrain>(shard.Name);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (options.History is not null && (await Generations.GetAsync()).Computed() is not null)
        {
            await KeepOnAsync();
        }
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // Not CancelAsync: that would run the callbacks outside the grain's turns.
        _stopping.Cancel();
        await _looking;
        await EndAsync();
        _stopping.Dispose();
    }

    public Task ReceiveReminder(string reminderName, TickStatus status) => LookAsync();

    public async Task<Refusal?> CheckAsync(int generation, DateTimeOffset from)
    {
        var plan = await RecomputePlan.MakeAsync(options.History, services.Clock, generation, from);
        return plan.Accepted ? await Generations.CheckAsync(plan.Value) : plan.Refusal;
    }

    public async Task<Outcome<GenerationsView>> BeginAsync(int generation, DateTimeOffset from)
    {
        var plan = await RecomputePlan.MakeAsync(options.History, services.Clock, generation, from);
        if (!plan.Accepted)
        {
            return Outcome.Refuse<GenerationsView>(plan.Refusal);
        }

        _beginning++;
        try
        {
            // Before it is begun: whatever happens then, somebody looks.
            await KeepOnAsync();
            var begun = await Generations.HandleAsync(plan.Value);
            if (begun.Accepted)
            {
                LogBegun(services.Logger, shard.Name, generation, from);
                await LookAsync();
            }

            return begun;
        }
        finally
        {
            _beginning--;
        }
    }

    public async Task<bool> ReachAsync(int generation, string bucket, long offset)
    {
        if (_run is null)
        {
            await LookAsync();
        }

        if (_run is { } run && run.Generation == generation)
        {
            var partition = options.History!.PartitionOf(bucket);
            if (run.Next[partition] >= offset || await WaitAsync(partition, offset))
            {
                return true;
            }
        }

        return (await Generations.GetAsync()).Find(generation)?.Phase switch
        {
            GenerationPhase.Live => true,
            null or GenerationPhase.Retired => false,
            _ => throw new TimeoutException($"Generation {generation} is not computed here."),
        };
    }

    public async Task<RecomputeStatus?> GetStatusAsync()
    {
        if ((await Generations.GetAsync()).Computed() is not { } computed)
        {
            return null;
        }

        var run = _run is { } running && running.Generation == computed.Number ? running : null;
        return new RecomputeStatus(computed.Number, computed.Phase, run?.Folded ?? 0, run?.Left, _trouble);
    }

    /// <returns>False: the run has ended before.</returns>
    private async Task<bool> WaitAsync(int partition, long offset)
    {
        var reached = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = (partition, offset, reached);
        _waiting.Add(waiting);
        try
        {
            return await reached.Task.WaitAsync(ReachTimeout, services.Clock);
        }
        finally
        {
            _waiting.Remove(waiting);
        }
    }

    private async Task KeepOnAsync()
    {
        await this.KeepReminderAsync(ReminderName);
        _timer ??= this.RegisterGrainTimer(
            static (self, _) => self.LookAsync(),
            this,
            new GrainTimerCreationOptions { DueTime = TimeSpan.Zero, Period = LookInterval, KeepAlive = true, Interleave = true });
    }

    private async Task LetGoAsync()
    {
        _timer?.Dispose();
        _timer = null;
        await this.DropReminderAsync(ReminderName);
    }

    /// <summary>One look at a time; whoever asks meanwhile waits for the one under way.</summary>
    private Task LookAsync()
    {
        if (_looking.IsCompleted && !_stopping.IsCancellationRequested)
        {
            _looking = LookOnceAsync();
        }

        return _looking;
    }

    private async Task LookOnceAsync()
    {
        try
        {
            var view = await Generations.GetAsync();
            var computed = options.History is null ? null : view.Computed();
            if (computed?.Number != _run?.Generation)
            {
                await EndAsync();
            }

            if (computed is null)
            {
                if (_beginning == 0)
                {
                    await LetGoAsync();
                }

                return;
            }

            await AdvanceAsync(_run ??= Start(computed.Number, view.Places), computed);
            _trouble = _run?.Trouble;
        }
        catch (Exception exception) when (!_stopping.IsCancellationRequested)
        {
            // Looked at again in a second; folding goes on meanwhile.
            _trouble = exception.Message;
            LogTrouble(services.Logger, shard.Name, exception);
        }
    }

    private Run Start(int generation, IReadOnlyList<PartitionPlace> places)
    {
        var run = new Run(generation, places, CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token));
        run.Feeds.AddRange(places.Select(place => FeedAsync(run, place.Partition)));
        return run;
    }

    /// <summary>Makes durable how far it is, and takes the generation to its next phase when it is there.</summary>
    private async Task AdvanceAsync(Run run, GenerationView computed)
    {
        if (run.Lost)
        {
            await SayAsync(new RetireGeneration(
                $"lost-{run.Generation}", run.Generation, "The topic no longer keeps what was to be folded; begin again with a later time."));
            LogLost(services.Logger, shard.Name, run.Generation);
            return;
        }

        // The end first: what is folded is compared with what there was.
        var ends = await options.History!.ReadEndsAsync();
        run.Left = ends.Sum(end => Math.Max(0, end.Value - run.Next[end.Key]));
        metrics.SetRecomputeLag(shard.Name, run.Left.Value);
        IReadOnlyList<PartitionPlace> places = [.. run.Next.Select(next => new PartitionPlace(next.Key, next.Value))];
        await SayAsync(new MoveRecompute($"move-{run.Generation}-{string.Join('.', places.Select(place => place.Next))}", run.Generation, places));
        if (computed.Phase == GenerationPhase.Computing)
        {
            if (run.Left <= NearlyThere)
            {
                await SayAsync(new JoinRecompute($"join-{run.Generation}", run.Generation));
                LogJoined(services.Logger, shard.Name, run.Generation);
            }

            return;
        }

        // Read after it has joined: what was delivered without it lies before.
        run.Target ??= ends;
        if (run.Target.All(end => run.Next[end.Key] >= end.Value))
        {
            await SayAsync(new FinishRecompute($"finish-{run.Generation}", run.Generation));
            LogFinished(services.Logger, shard.Name, run.Generation);
        }
    }

    private async Task SayAsync(GenerationsCommand command)
    {
        var said = await Generations.HandleAsync(command);
        if (said.Refusal is { Kind: RefusalKind.Unavailable } refusal)
        {
            throw new EventStoreException(refusal.Detail);
        }
    }

    private async Task FeedAsync(Run run, int partition)
    {
        var stopping = run.Stopping.Token;
        while (!stopping.IsCancellationRequested && !run.Lost)
        {
            try
            {
                await using var reader = options.History!.Open(partition, run.Next[partition]);
                while (!run.Lost)
                {
                    var batch = await reader.ReadAsync(stopping);
                    run.Lost |= batch.Missing > 0;
                    if (run.Lost)
                    {
                        return;
                    }

                    await FoldAsync(run.Generation, batch.Actions).WaitAsync(stopping);
                    run.Folded += batch.Actions.Count;
                    run.Next[partition] = batch.Next;
                    run.Trouble = null;
                    foreach (var waiting in _waiting.Where(waiting => waiting.Partition == partition && waiting.Offset <= batch.Next).ToList())
                    {
                        waiting.Reached.TrySetResult(true);
                    }
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // Read again from the last place, whatever failed; buckets pass over what they have.
                run.Trouble = exception.Message;
                LogTrouble(services.Logger, shard.Name, exception);
                await Task.Delay(RetryDelay, services.Clock, stopping)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }
        }
    }

    private Task FoldAsync(int generation, IReadOnlyList<(string Bucket, PlacedAction Action)> actions) => Task.WhenAll(
        actions.GroupBy(action => action.Bucket, action => action.Action, StringComparer.Ordinal).Select(async bucket =>
        {
            var folded = await GrainFactory.GetGrain<IActionBucketGrain>(BucketKey.Of(generation, bucket.Key)).FoldAsync([.. bucket]);
            if (folded.Refusal is { } refusal)
            {
                throw new InvalidOperationException($"Bucket {bucket.Key} did not fold: {refusal.Code}.");
            }

            metrics.Recomputed(bucket.Count());
        }));

    private async Task EndAsync()
    {
        if (_run is not { } run)
        {
            return;
        }

        _run = null;
        run.Stopping.Cancel();
        await Task.WhenAll(run.Feeds);
        run.Stopping.Dispose();
        metrics.SetRecomputeLag(shard.Name, 0);

        // Whoever waits looks what has become of it.
        foreach (var waiting in _waiting.ToList())
        {
            waiting.Reached.TrySetResult(false);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Shard {Shard}: generation {Generation} of the analytics is computed from {From} on.")]
    private static partial void LogBegun(ILogger logger, string shard, int generation, DateTimeOffset from);

    [LoggerMessage(Level = LogLevel.Information, Message = "Shard {Shard}: generation {Generation} joins what is delivered.")]
    private static partial void LogJoined(ILogger logger, string shard, int generation);

    [LoggerMessage(Level = LogLevel.Information, Message = "Shard {Shard}: generation {Generation} is complete and can be shown.")]
    private static partial void LogFinished(ILogger logger, string shard, int generation);

    [LoggerMessage(Level = LogLevel.Error, Message = "Shard {Shard}: the topic no longer keeps what generation {Generation} was to be computed from.")]
    private static partial void LogLost(ILogger logger, string shard, int generation);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Shard {Shard}: the recomputation is held up.")]
    private static partial void LogTrouble(ILogger logger, string shard, Exception exception);

    /// <summary>What is being computed. In the grain's turns.</summary>
    private sealed class Run(int generation, IReadOnlyList<PartitionPlace> places, CancellationTokenSource stopping)
    {
        public int Generation => generation;

        public CancellationTokenSource Stopping => stopping;

        /// <summary>Everything from before these offsets is durable in its windows; by partition.</summary>
        public SortedDictionary<int, long> Next { get; } = new(places.ToDictionary(place => place.Partition, place => place.Next));

        public List<Task> Feeds { get; } = [];

        public IReadOnlyDictionary<int, long>? Target { get; set; }

        public long Folded { get; set; }

        public long? Left { get; set; }

        public string? Trouble { get; set; }

        /// <summary>The topic has lost records before they were read.</summary>
        public bool Lost { get; set; }
    }
}
