using Microsoft.Extensions.Logging;

namespace Game.Routing;

/// <summary>
/// The ways of a class of messages that is kept: the primary one, parking at the other broker, the spool. Whatever waits at a
/// lower level is older than what is sent now, so a message goes to the lowest level in use, and the chain rises again only when
/// that level is empty: the order of a key holds over every failure. At least once. Safe for concurrent use.
/// </summary>
internal sealed partial class RouteChain : IAsyncDisposable
{
    private const int Stripes = 64;
    private const int Page = 512;

    private readonly string _name;
    private readonly GuardedRoute _primary;
    private readonly GuardedRoute? _fallback;
    private readonly IParkingPlace? _parking;
    private readonly RetrySpool _spool;
    private readonly RouterOptions _options;
    private readonly TimeSpan _keep;
    private readonly TimeProvider _clock;
    private readonly RouterMetrics _metrics;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim[] _stripes = [.. Enumerable.Range(0, Stripes).Select(_ => new SemaphoreSlim(1))];
    private readonly SemaphoreSlim _lowered = new(0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _recovering;
    private volatile RouteLevel _level;

    /// <remarks>What an earlier process left parked or spooled is older than anything sent now: it begins at the level below.</remarks>
    public RouteChain(
        string name,
        IMessageRoute primary,
        IParkingPlace? parking,
        RetrySpool spool,
        RouterOptions options,
        TimeSpan keep,
        TimeProvider clock,
        RouterMetrics metrics,
        ILogger logger)
    {
        (_name, _spool, _options, _keep, _clock, _metrics, _logger) = (name, spool, options, keep, clock, metrics, logger);
        _primary = new GuardedRoute(primary, options, clock);
        _parking = parking;
        _fallback = parking is null ? null : new GuardedRoute(parking, options, clock);
        if (parking is not null && options.LooksForParked && spool.IsFresh)
        {
            spool.MarkParked(name);
        }

        _level = spool.CountOf(name) > 0 ? RouteLevel.Spool : spool.IsParked(name) ? RouteLevel.Fallback : RouteLevel.Primary;
        if (_level != RouteLevel.Primary)
        {
            _lowered.Release();
        }

        _recovering = RecoverAsync(_stopping.Token);
    }

    public ChainStatus Status => new(_name, _level, _primary.IsBroken, _fallback?.IsBroken ?? false, _spool.CountOf(_name));

    /// <exception cref="RouteException">No way took it, and the spool has no room: it is not stored.</exception>
    public async Task<RouteOutcome> SendAsync(GameMessage message, CancellationToken cancellationToken)
    {
        var stripe = _stripes[(uint)string.GetHashCode(message.Key, StringComparison.Ordinal) % Stripes];
        await stripe.WaitAsync(cancellationToken);
        try
        {
            if (_level == RouteLevel.Primary)
            {
                if (await _primary.TrySendAsync(message, cancellationToken))
                {
                    return RouteOutcome.Delivered;
                }

                Lower(_fallback is null ? RouteLevel.Spool : RouteLevel.Fallback);
            }

            if (_level == RouteLevel.Fallback)
            {
                await _spool.SetParkedAsync(_name, true);
                if (await _fallback!.TrySendAsync(message, cancellationToken))
                {
                    return RouteOutcome.FellBack;
                }

                Lower(RouteLevel.Spool);
            }

            await _spool.AppendAsync(_name, message, _clock.GetUtcNow() + _keep);
            return RouteOutcome.Spooled;
        }
        finally
        {
            stripe.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _recovering;
        _stopping.Dispose();
    }

    private void Lower(RouteLevel level)
    {
        lock (_stripes)
        {
            if (_level < level)
            {
                LogLowered(_logger, _name, _level, level);
                if (_level == RouteLevel.Primary)
                {
                    _lowered.Release();
                }

                _level = level;
            }
        }
    }

    private async Task RecoverAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                await _lowered.WaitAsync(stopping);
                for (var delay = TimeSpan.Zero; _level != RouteLevel.Primary;)
                {
                    await Task.Delay(delay, _clock, stopping);
                    delay = await TryRiseAsync(stopping) ? _options.RetryDelay
                        : delay == TimeSpan.Zero ? _options.RetryDelay
                        : delay * 2 < _options.MaxRetryDelay ? delay * 2 : _options.MaxRetryDelay;
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What waits below is there for the next process.
        }
    }

    /// <returns>Whether the chain is higher than it was.</returns>
    private async Task<bool> TryRiseAsync(CancellationToken stopping)
    {
        var before = _level;
        try
        {
            // Most of it while messages still come; the rest, which must be all, while none does.
            await DrainAsync(stopping);
            await LockAsync(stopping);
            try
            {
                var (isParkingEmpty, isSpoolEmpty) = await DrainAsync(stopping);
                if (isParkingEmpty)
                {
                    await _spool.SetParkedAsync(_name, false);
                }

                if (isSpoolEmpty)
                {
                    _level = _spool.IsParked(_name) ? RouteLevel.Fallback : RouteLevel.Primary;
                }
            }
            finally
            {
                Unlock();
            }
        }
        catch (RouteException exception)
        {
            LogStillDown(_logger, _name, exception.Message);
        }

        if (_level < before)
        {
            LogRisen(_logger, _name, before, _level);
        }

        return _level < before;
    }

    /// <summary>Brings what waits as far up as the ways are open, the oldest first.</summary>
    /// <exception cref="RouteException">The other broker, or the disk, cannot be reached: what is newer has to wait for what is there.</exception>
    private async Task<(bool IsParkingEmpty, bool IsSpoolEmpty)> DrainAsync(CancellationToken stopping)
    {
        Task<bool> ToPrimaryAsync(GameMessage message) => _primary.TrySendAsync(message, stopping);
        var isParkingEmpty = !_spool.IsParked(_name) || (!_primary.IsBroken && await _parking!.DrainAsync(ToPrimaryAsync, stopping));
        if (_level != RouteLevel.Spool || (isParkingEmpty && await DrainSpoolAsync(ToPrimaryAsync)))
        {
            return (isParkingEmpty, true);
        }

        return (false, _fallback is not null && await ParkSpoolAsync(stopping));
    }

    /// <summary>The other broker has more room than the disk.</summary>
    private async Task<bool> ParkSpoolAsync(CancellationToken stopping)
    {
        await _spool.SetParkedAsync(_name, true);
        return await DrainSpoolAsync(message => _fallback!.TrySendAsync(message, stopping));
    }

    private async Task<bool> DrainSpoolAsync(Func<GameMessage, Task<bool>> send)
    {
        while (true)
        {
            var page = await _spool.ReadAsync(_name, Page);
            if (page.Count == 0)
            {
                return true;
            }

            var now = _clock.GetUtcNow();
            var expired = page.Where(spooled => spooled.Until <= now).ToList();
            var sent = await KeyOrder.SendAsync(
                [.. page.Where(spooled => spooled.Until > now)], static spooled => spooled.Message.Key, spooled => send(spooled.Message));
            _metrics.Expired(_name, expired.Count);
            _metrics.Recovered(_name, sent.Count);
            if (sent.Count + expired.Count > 0)
            {
                await _spool.RemoveAsync(_name, [.. expired, .. sent]);
            }

            if (sent.Count + expired.Count < page.Count)
            {
                return false;
            }
        }
    }

    private async Task LockAsync(CancellationToken stopping)
    {
        for (var taken = 0; taken < Stripes; taken++)
        {
            try
            {
                await _stripes[taken].WaitAsync(stopping);
            }
            catch
            {
                while (taken-- > 0)
                {
                    _stripes[taken].Release();
                }

                throw;
            }
        }
    }

    private void Unlock()
    {
        foreach (var stripe in _stripes)
        {
            stripe.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Messages of {Chain} no longer take the way {From}: {To}.")]
    private static partial void LogLowered(ILogger logger, string chain, RouteLevel from, RouteLevel to);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Messages of {Chain} rise from {From} to {To}; nothing older waits below.")]
    private static partial void LogRisen(ILogger logger, string chain, RouteLevel from, RouteLevel to);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Messages of {Chain} still wait: {Reason}")]
    private static partial void LogStillDown(ILogger logger, string chain, string reason);
}
