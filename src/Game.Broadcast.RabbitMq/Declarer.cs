using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Game.Broadcast.RabbitMq;

/// <summary>
/// Declares on a few channels that are kept, several declarations at a time: a new quorum queue is a new group of replicas, and a
/// broker that is asked for hundreds at once gets through with none. Whoever asks patiently waits for a slow broker, or one that is away,
/// and the log says how far it is; what the broker refuses ends at once. Safe for concurrent use.
/// </summary>
internal sealed partial class Declarer(BrokerConnection connection, RabbitMqOptions options, TimeProvider clock, ILogger logger) : IAsyncDisposable
{
    private const int AtATime = 4;

    /// <summary>Failures after which the pauses begin: short ones give a broker with much to do only more.</summary>
    private const int PatientFrom = 4;

    /// <summary>
    /// A declaration given up here is still under way at the broker, and made again it has to wait behind itself. So a connection that
    /// lives is given long to answer; one that does not is ended by its heartbeats.
    /// </summary>
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan BetweenReports = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _places = new(AtATime, AtATime);
    private readonly ConcurrentBag<IChannel> _idle = [];
    private readonly Lock _gate = new();
    private ITimer? _reports;
    private long _since;
    private int _asked;
    private int _done;
    private int _reported;

    /// <summary>Waits as long as it takes.</summary>
    /// <param name="name">What is declared, for the log.</param>
    /// <param name="declare">May be called several times.</param>
    /// <param name="translate">Says what a refusal means.</param>
    /// <param name="stopping">Ends the waiting.</param>
    /// <exception cref="BroadcastException">The broker refuses it.</exception>
    public async Task DeclareAsync(
        string name, Func<IChannel, Task> declare, Func<Exception, BroadcastException?> translate, CancellationToken stopping)
    {
        Begin();
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    await TryDeclareAsync(declare, translate, stopping);
                    return;
                }
                catch (BroadcastException failure) when (!stopping.IsCancellationRequested && !BrokerErrors.IsRefusal(failure))
                {
                    LogDeclaredAgain(logger, name, failure.Message);
                    await Task.Delay(options.Backoff(attempt + PatientFrom), clock, stopping);
                }
            }
        }
        finally
        {
            End();
        }
    }

    /// <exception cref="BroadcastException">The broker refuses it, is away, or did not do it in time.</exception>
    public async Task TryDeclareAsync(
        Func<IChannel, Task> declare, Func<Exception, BroadcastException?> translate, CancellationToken stopping = default)
    {
        await _places.WaitAsync(stopping);
        try
        {
            var channel = await TakeChannelAsync();
            try
            {
                await declare(channel);
                _idle.Add(channel);
            }
            catch (Exception exception) when (BrokerErrors.IsBrokers(exception))
            {
                _ = CloseAsync(channel);
                throw translate(exception) ?? new BroadcastException($"The broker did not declare it: {BrokerErrors.Describe(exception)}", exception);
            }
        }
        finally
        {
            _places.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _reports?.Dispose();
        }

        foreach (var channel in _idle)
        {
            await CloseAsync(channel);
        }
    }

    private async Task<IChannel> TakeChannelAsync()
    {
        while (_idle.TryTake(out var idle))
        {
            if (idle.IsOpen)
            {
                return idle;
            }

            _ = CloseAsync(idle);
        }

        var channel = await connection.OpenChannelAsync();
        channel.ContinuationTimeout = LongestAnswer;
        return channel;
    }

    private static async Task CloseAsync(IChannel channel)
    {
        try
        {
            await channel.DisposeAsync();
        }
        catch (Exception exception) when (BrokerErrors.IsBrokers(exception))
        {
            // The connection it was on has gone before.
        }
    }

    private void Begin()
    {
        lock (_gate)
        {
            if (_asked++ == 0)
            {
                _since = clock.GetTimestamp();
                _reports = clock.CreateTimer(_ => Report(), null, BetweenReports, BetweenReports);
            }
        }
    }

    private void End()
    {
        lock (_gate)
        {
            if (++_done < _asked)
            {
                return;
            }

            if (clock.GetElapsedTime(_since) >= BetweenReports)
            {
                LogDeclared(logger, _done, clock.GetElapsedTime(_since).TotalSeconds);
            }

            _reports?.Dispose();
            (_reports, _asked, _done, _reported) = (null, 0, 0, 0);
        }
    }

    private void Report()
    {
        lock (_gate)
        {
            if (_asked == 0)
            {
                return;
            }

            var seconds = clock.GetElapsedTime(_since).TotalSeconds;
            if (_done == _reported)
            {
                LogSlow(logger, _done, _asked, seconds);
            }
            else
            {
                LogProgress(logger, _done, _asked, seconds);
            }

            _reported = _done;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Done} of {Asked} queues are declared after {Seconds:F0} s.")]
    private static partial void LogProgress(ILogger logger, int done, int asked, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The broker is slow: {Done} of {Asked} queues are declared after {Seconds:F0} s, none lately. Waiting for it.")]
    private static partial void LogSlow(ILogger logger, int done, int asked, double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "All {Done} queues are declared after {Seconds:F0} s.")]
    private static partial void LogDeclared(ILogger logger, int done, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue {Queue} could not be declared and is declared again: {Reason}")]
    private static partial void LogDeclaredAgain(ILogger logger, string queue, string reason);
}
