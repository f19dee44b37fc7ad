using System.Collections.Concurrent;
using System.Text.Json;
using Game.Contracts.Feeds;
using Game.Gateway.Http;
using Game.Gateway.Telemetry;

namespace Game.Gateway.Sessions;

/// <summary>
/// This process as a listener of one shard: however many sessions listen to a topic, its feed grain has one observer here.
/// Safe for concurrent use.
/// </summary>
internal sealed partial class ShardFeed : IFeedObserver
{
    private const int RenewalsAtATime = 32;

    private readonly ConcurrentDictionary<string, TopicListeners> _topics = new(StringComparer.Ordinal);
    private readonly IGrainFactory _grains;
    private readonly IFeedObserver _reference;
    private readonly TimeSpan _stateInterval;
    private readonly GatewayMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;

    public ShardFeed(IGrainFactory grains, TimeSpan stateInterval, GatewayMetrics metrics, TimeProvider clock, ILogger logger)
    {
        _grains = grains;
        _stateInterval = stateInterval;
        _metrics = metrics;
        _clock = clock;
        _logger = logger;

        // The host holds the observer weakly; whoever holds this object keeps it alive.
        _reference = grains.CreateObjectReference<IFeedObserver>(this);
    }

    public Task OnPushAsync(FeedMessage message)
    {
        if (_topics.TryGetValue(message.Topic, out var listeners))
        {
            try
            {
                listeners.Push(FeedFrame.Of(message));
            }
            catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
            {
                LogMalformed(_logger, message.Topic, message.Type, exception);
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>When it returns, what is told on the topic from now on reaches the session.</summary>
    /// <exception cref="TimeoutException">The feed did not answer; the session does not listen.</exception>
    /// <exception cref="OrleansException">Its silo is gone, and no other took its place in time; the session does not listen.</exception>
    public async Task JoinAsync(GameSession session, string topic)
    {
        TopicListeners listeners;
        while (!(listeners = _topics.GetOrAdd(topic, NewListeners)).TryAdd(session))
        {
            _topics.TryRemove(KeyValuePair.Create(topic, listeners));
        }

        try
        {
            await ReconcileAsync(listeners, renew: false);
        }
        catch
        {
            listeners.Remove(session);
            throw;
        }
    }

    /// <summary>From here on nothing more reaches the session. A feed that cannot be told hears it with the next renewal.</summary>
    public async Task LeaveAsync(GameSession session, string topic)
    {
        if (_topics.TryGetValue(topic, out var listeners))
        {
            listeners.Remove(session);
            await TryReconcileAsync(listeners, renew: false);
        }
    }

    /// <summary>Renews the lease of every topic; one that fails is tried again at the next renewal, well within the lease.</summary>
    public Task RenewAsync(CancellationToken cancellationToken) => Parallel.ForEachAsync(
        _topics.Values,
        new ParallelOptions { MaxDegreeOfParallelism = RenewalsAtATime, CancellationToken = cancellationToken },
        async (listeners, _) => await TryReconcileAsync(listeners, renew: true));

    private async Task TryReconcileAsync(TopicListeners listeners, bool renew)
    {
        try
        {
            await ReconcileAsync(listeners, renew);
        }
        catch (Exception exception) when (GrainRetry.IsUnanswered(exception))
        {
            LogNotTold(_logger, listeners.Topic, exception);
        }
    }

    private async Task ReconcileAsync(TopicListeners listeners, bool renew)
    {
        if (await GrainRetry.RunAsync(
            () => new ValueTask<bool>(listeners.ReconcileAsync(FeedOf(listeners.Topic), _reference, renew)), _clock, CancellationToken.None))
        {
            _topics.TryRemove(KeyValuePair.Create(listeners.Topic, listeners));
        }
    }

    private TopicListeners NewListeners(string topic) => new(topic, _stateInterval, _clock, _metrics);

    private IFeedGrain FeedOf(string topic) => _grains.GetGrain<IFeedGrain>(topic);

    [LoggerMessage(Level = LogLevel.Error, Message = "A push of type {Type} on {Topic} cannot be understood.")]
    private static partial void LogMalformed(ILogger logger, string topic, string type, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The feed of {Topic} could not be told who listens.")]
    private static partial void LogNotTold(ILogger logger, string topic, Exception exception);
}
