using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Game.Embedded;

/// <summary>Logs and counts what happens in one silo. Meter "Game.Embedded"; every measurement is tagged with the silo's name.</summary>
internal sealed partial class SiloDiagnostics : IDisposable
{
    private readonly EmbeddedSilo _silo;
    private readonly ILogger _logger;
    private readonly Meter _meter = new("Game.Embedded");
    private readonly KeyValuePair<string, object?> _siloTag;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _timeouts;
    private readonly Counter<long> _oneWayErrors;
    private readonly Counter<long> _activationFailures;
    private readonly Counter<long> _deactivations;
    private readonly Counter<long> _streamFailures;

    public SiloDiagnostics(EmbeddedSilo silo, ILoggerFactory loggers)
    {
        _silo = silo;
        _logger = loggers.CreateLogger("Game.Embedded.Silo");
        _siloTag = new KeyValuePair<string, object?>("silo", silo.Name);
        _requests = _meter.CreateCounter<long>("game.grains.requests", "{request}", "Requests started, by grain type.");
        _timeouts = _meter.CreateCounter<long>("game.grains.timeouts", "{request}", "Requests whose caller stopped waiting, by method.");
        _oneWayErrors = _meter.CreateCounter<long>("game.grains.one_way_errors", "{request}", "One-way requests that failed, by method.");
        _activationFailures = _meter.CreateCounter<long>(
            "game.grains.activation_failures", "{activation}", "Activations that failed, by grain type.");
        _deactivations = _meter.CreateCounter<long>(
            "game.grains.deactivations", "{activation}", "Activations that ended, by grain type and reason.");
        _streamFailures = _meter.CreateCounter<long>(
            "game.streams.failures", "{event}", "Stream events that were skipped after failed deliveries, by provider.");
        _meter.CreateObservableGauge("game.grains.activations", MeasureActivations, "{activation}", "Activations, by grain type.");
    }

    public void Dispose() => _meter.Dispose();

    public void RequestStarted(GrainClass grainClass)
    {
        if (_requests.Enabled)
        {
            _requests.Add(1, _siloTag, new KeyValuePair<string, object?>("type", grainClass.Name));
        }
    }

    public void TimedOut(Request request, string message)
    {
        _timeouts.Add(1, _siloTag, new KeyValuePair<string, object?>("method", request.Method.ToString()));
        LogTimeout(_logger, _silo.Name, message);
    }

    public void OneWayFailed(Request request, Exception exception)
    {
        _oneWayErrors.Add(1, _siloTag, new KeyValuePair<string, object?>("method", request.Method.ToString()));
        LogOneWayFailed(_logger, exception, _silo.Name, request.Method, request.Target!.TargetName);
    }

    public void OneWayNotSent(GrainId target, RequestMethod method, Exception exception)
    {
        _oneWayErrors.Add(1, _siloTag, new KeyValuePair<string, object?>("method", method.ToString()));
        LogOneWayFailed(_logger, exception, _silo.Name, method, target.ToString());
    }

    public void Activated(Activation activation) => LogActivated(_logger, _silo.Name, activation.TargetName);

    public void ActivationFailed(Activation activation, Exception exception)
    {
        _activationFailures.Add(1, _siloTag, new KeyValuePair<string, object?>("type", activation.Class.Name));
        LogActivationFailed(_logger, exception, _silo.Name, activation.TargetName);
    }

    public void Deactivated(Activation activation, DeactivationReason reason)
    {
        if (_deactivations.Enabled)
        {
            _deactivations.Add(
                1,
                _siloTag,
                new KeyValuePair<string, object?>("type", activation.Class.Name),
                new KeyValuePair<string, object?>("reason", reason.ReasonCode.ToString()));
        }

        LogDeactivated(_logger, _silo.Name, activation.TargetName, reason.ReasonCode);
    }

    public void DeactivationFailed(Activation activation, Exception exception) =>
        LogDeactivationFailed(_logger, exception, _silo.Name, activation.TargetName);

    public void TimerFailed(Activation activation, Exception exception) =>
        LogTimerFailed(_logger, exception, _silo.Name, activation.TargetName);

    public void ReminderFailed(ReminderEntry reminder, Exception exception) =>
        LogReminderFailed(_logger, exception, _silo.Name, reminder.ReminderName, reminder.GrainId);

    public void ReminderOfUnknownGrain(ReminderEntry reminder) =>
        LogReminderOfUnknownGrain(_logger, _silo.Name, reminder.ReminderName, reminder.GrainId);

    public void StreamDeliveryFailed(string provider, StreamId stream, GrainId subscriber, int events, Exception exception)
    {
        _streamFailures.Add(events, _siloTag, new KeyValuePair<string, object?>("provider", provider));
        LogStreamDeliveryFailed(_logger, exception, _silo.Name, events, stream, subscriber);
    }

    public void StreamErrorCallbackFailed(StreamId stream, GrainId subscriber, Exception exception) =>
        LogStreamErrorCallbackFailed(_logger, exception, _silo.Name, stream, subscriber);

    public void ForcedShutdown(int activations) => LogForcedShutdown(_logger, _silo.Name, activations);

    /// <summary>Watches a task of the host that is not meant to fail.</summary>
    public void Observe(Task task) => _ = task.ContinueWith(
        static (task, self) =>
        {
            var diagnostics = (SiloDiagnostics)self!;
            LogDefect(diagnostics._logger, task.Exception!.InnerException!, diagnostics._silo.Name);
        },
        this, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    private IEnumerable<Measurement<long>> MeasureActivations() => _silo.GrainClasses.Select(grainClass =>
        new Measurement<long>(grainClass.ActivationCount, _siloTag, new KeyValuePair<string, object?>("type", grainClass.Name)));

    [LoggerMessage(LogLevel.Warning, "{Silo}: {Message}")]
    private static partial void LogTimeout(ILogger logger, string silo, string message);

    [LoggerMessage(LogLevel.Warning, "{Silo}: one-way request {Method} to {Target} failed.")]
    private static partial void LogOneWayFailed(ILogger logger, Exception exception, string silo, RequestMethod method, string target);

    [LoggerMessage(LogLevel.Trace, "{Silo}: activated {Grain}.")]
    private static partial void LogActivated(ILogger logger, string silo, string grain);

    [LoggerMessage(LogLevel.Warning, "{Silo}: {Grain} failed to activate.")]
    private static partial void LogActivationFailed(ILogger logger, Exception exception, string silo, string grain);

    [LoggerMessage(LogLevel.Trace, "{Silo}: deactivated {Grain}: {Reason}.")]
    private static partial void LogDeactivated(ILogger logger, string silo, string grain, DeactivationReasonCode reason);

    [LoggerMessage(LogLevel.Error, "{Silo}: {Grain} failed while it was deactivated.")]
    private static partial void LogDeactivationFailed(ILogger logger, Exception exception, string silo, string grain);

    [LoggerMessage(LogLevel.Error, "{Silo}: a timer of {Grain} failed.")]
    private static partial void LogTimerFailed(ILogger logger, Exception exception, string silo, string grain);

    [LoggerMessage(LogLevel.Error, "{Silo}: reminder {Reminder} of {Grain} failed.")]
    private static partial void LogReminderFailed(ILogger logger, Exception exception, string silo, string reminder, GrainId grain);

    [LoggerMessage(LogLevel.Error, "{Silo}: reminder {Reminder} is for {Grain}, but no remindable grain class has that name.")]
    private static partial void LogReminderOfUnknownGrain(ILogger logger, string silo, string reminder, GrainId grain);

    [LoggerMessage(LogLevel.Error, "{Silo}: {Events} event(s) of stream {Stream} were skipped for {Subscriber}.")]
    private static partial void LogStreamDeliveryFailed(
        ILogger logger, Exception exception, string silo, int events, StreamId stream, GrainId subscriber);

    [LoggerMessage(LogLevel.Error, "{Silo}: the error callback of {Subscriber} for stream {Stream} failed.")]
    private static partial void LogStreamErrorCallbackFailed(
        ILogger logger, Exception exception, string silo, StreamId stream, GrainId subscriber);

    [LoggerMessage(LogLevel.Warning, "{Silo}: the time to shut down was over with {Activations} activation(s) still there.")]
    private static partial void LogForcedShutdown(ILogger logger, string silo, int activations);

    [LoggerMessage(LogLevel.Critical, "{Silo}: the host itself failed.")]
    private static partial void LogDefect(ILogger logger, Exception exception, string silo);
}
