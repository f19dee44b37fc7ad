using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Game.Routing;

/// <summary>
/// A way behind a circuit breaker: after half of at least ten sends within ten seconds have failed it is not tried for a while,
/// so that a broker that is away costs no time-out for each message. Safe for concurrent use.
/// </summary>
internal sealed class GuardedRoute
{
    private readonly IMessageRoute _route;
    private readonly ResiliencePipeline _pipeline;
    private readonly CircuitBreakerStateProvider _circuit = new();
    private readonly TimeProvider _clock;
    private readonly TimeSpan _break;
    private long _openedAt;

    public GuardedRoute(IMessageRoute route, RouterOptions options, TimeProvider clock)
    {
        (_route, _clock, _break) = (route, clock, options.BreakDuration);
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = 0.5,
                MinimumThroughput = 10,
                SamplingDuration = TimeSpan.FromSeconds(10),
                BreakDuration = options.BreakDuration,
                StateProvider = _circuit,
                OnOpened = _ =>
                {
                    Volatile.Write(ref _openedAt, clock.GetTimestamp());
                    return default;
                },
                ShouldHandle = new PredicateBuilder().Handle<RouteException>().Handle<TimeoutRejectedException>(),
            })
            .AddTimeout(options.SendTimeout)
            .Build();
    }

    public string Name => _route.Name;

    /// <summary>Whether messages are kept from it at the moment.</summary>
    /// <remarks>The circuit stays open after its time until the next message tries it: whoever waits for that must not wait for the circuit.</remarks>
    public bool IsBroken => _circuit.CircuitState == CircuitState.Open && _clock.GetElapsedTime(Volatile.Read(ref _openedAt)) < _break;

    /// <returns>False if it did not confirm.</returns>
    public async Task<bool> TrySendAsync(GameMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await _pipeline.ExecuteAsync(
                static async (state, token) => await state._route.SendAsync(state.message, token),
                (_route, message),
                cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is RouteException or TimeoutRejectedException or BrokenCircuitException)
        {
            return false;
        }
    }
}
