using System.Collections.Frozen;
using Microsoft.Extensions.DependencyInjection;

namespace Game.Embedded;

/// <summary>
/// A host of virtual actors in this process. Construct, <see cref="StartAsync"/>, use <see cref="GrainFactory"/>,
/// <see cref="StopAsync"/>. Several silos may live in one process; they share nothing. Safe for concurrent use, but for
/// starting and stopping.
/// </summary>
public sealed class EmbeddedSilo : IAsyncDisposable
{
    private readonly FrozenDictionary<string, MemoryStreamProvider> _streamProviders;
    private readonly ReminderService _reminders;
    private readonly ResponseTimeouts _timeouts;
    private readonly IdleCollector _collector;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopped = new();
    private volatile SiloState _state;
    private int _activationCount;

    /// <exception cref="ArgumentException">The options or the grain classes are unusable; the message lists every reason.</exception>
    public EmbeddedSilo(EmbeddedSiloOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Options = options;
        Name = options.SiloName;
        Scheduler = options.Scheduler;
        TimeProvider = options.Scheduler.Clock ?? options.TimeProvider;
        Services = options.Services;
        Diagnostics = new SiloDiagnostics(this, options.LoggerFactory);
        GrainClasses = [.. options.FindGrainTypes().Select(type => new GrainClass(this, type))];
        CheckNames();
        Filters = [.. Services.GetService<IEnumerable<IIncomingGrainCallFilter>>() ?? []];
        GrainFactory = new GrainFactory(this);
        InFlight = new InFlightRequests(
            Scheduler.IsDeterministic ? 1 : (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount));
        _streamProviders = options.StreamProviders.Distinct().Select(name => new MemoryStreamProvider(this, name, transport: null))
            .Concat(options.StreamTransports.Select(transport => new MemoryStreamProvider(this, transport.ProviderName, transport)))
            .ToFrozenDictionary(provider => provider.Name);
        _reminders = new ReminderService(this);
        _collector = new IdleCollector(this);
        _timeouts = new ResponseTimeouts(this);
    }

    public string Name { get; }

    /// <summary>References to grains. Calls fail with <see cref="SiloUnavailableException"/> unless the silo is running.</summary>
    public IGrainFactory GrainFactory { get; }

    public IServiceProvider Services { get; }

    public TimeProvider TimeProvider { get; }

    /// <summary>Number of activations at about this moment.</summary>
    public int ActivationCount => Volatile.Read(ref _activationCount);

    internal EmbeddedSiloOptions Options { get; }

    internal TurnScheduler Scheduler { get; }

    internal SiloDiagnostics Diagnostics { get; }

    internal IReadOnlyList<GrainClass> GrainClasses { get; }

    internal IIncomingGrainCallFilter[] Filters { get; }

    internal IReminderRegistry Reminders => _reminders;

    internal InFlightRequests InFlight { get; }

    /// <summary>Counts the rounds of the collector: the coarse clock by which activations note their last use.</summary>
    internal int CollectionRound => _collector.Round;

    internal bool IsKilled => _state == SiloState.Killed;

    /// <summary>Whether no activation may be made any more.</summary>
    internal bool RefusesActivations => _state >= SiloState.Stopped;

    /// <summary>Cancelled when the silo has stopped or died.</summary>
    internal CancellationToken Stopped => _stopped.Token;

    /// <summary>Loads the reminders and begins to take calls.</summary>
    /// <exception cref="InvalidOperationException">Started before: a silo is not started twice.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (_state != SiloState.Created)
        {
            throw new InvalidOperationException($"{Name} was started before.");
        }

        var reminders = await Options.ReminderTable.ReadAllAsync(cancellationToken);
        _state = SiloState.Running;
        _reminders.Start(reminders);
        _collector.Start();
        foreach (var transport in Options.StreamTransports)
        {
            await transport.StartAsync(_streamProviders[transport.ProviderName], cancellationToken);
        }
    }

    /// <summary>
    /// Refuses calls from outside, lets the grains finish what they are doing, including calls to each other and stream
    /// events, deactivates them all, and stops. Cancelling the token ends the wait: what is still running is abandoned and
    /// its callers get <see cref="SiloUnavailableException"/>.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (_state != SiloState.Running)
        {
            return;
        }

        _state = SiloState.Stopping;
        _reminders.Stop();
        _collector.Stop();
        await Task.WhenAll(Options.StreamTransports.Select(transport => transport.DrainAsync()));
        foreach (var activation in Activations())
        {
            activation.Drain();
        }

        OnWorkDone();
        try
        {
            await _drained.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Diagnostics.ForcedShutdown(ActivationCount);
        }

        End(SiloState.Stopped, $"{Name} has shut down.");
        await StopTransportsAsync();
    }

    /// <summary>
    /// Ends everything at once, as the death of the process would: no grain runs another turn, timers and reminders cease,
    /// and callers outside get <see cref="SiloUnavailableException"/>, not knowing what was done. For tests.
    /// </summary>
    public void Kill()
    {
        if (_state == SiloState.Killed)
        {
            return;
        }

        _reminders.Stop();
        _collector.Stop();
        End(SiloState.Killed, $"{Name} has died.");
    }

    /// <exception cref="KeyNotFoundException">No such provider.</exception>
    public IStreamProvider GetStreamProvider(string name) => _streamProviders.TryGetValue(name, out var provider)
        ? provider
        : throw new KeyNotFoundException($"{Name} has no stream provider '{name}'.");

    /// <summary>Releases everything; a silo that has not been stopped is killed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_state != SiloState.Stopped)
        {
            Kill();
            await StopTransportsAsync();
        }

        Diagnostics.Dispose();
    }

    /// <summary>Why a call made in the turns of <paramref name="caller"/> (null: from outside) may not be sent now; null if it may.</summary>
    internal SiloUnavailableException? Refuses(TurnQueue? caller) =>
        _state == SiloState.Running || (_state == SiloState.Stopping && ReferenceEquals(caller?.Silo, this))
            ? null
            : new SiloUnavailableException(_state switch
            {
                SiloState.Created => $"{Name} has not been started.",
                SiloState.Stopping => $"{Name} is shutting down.",
                SiloState.Killed => $"{Name} has died.",
                _ => $"{Name} has shut down.",
            });

    internal void Register(Request request) => _timeouts.Add(request);

    internal object CreateReference(Type interfaceType, CallTarget target)
    {
        target.CheckImplements(interfaceType);
        return ProxyFactory.Create(interfaceType, target);
    }

    internal void OnActivationAdded(Activation activation)
    {
        Interlocked.Increment(ref _activationCount);
        if (_state == SiloState.Stopping)
        {
            activation.EndWhenIdle();
        }
    }

    internal void OnActivationRemoved()
    {
        if (Interlocked.Decrement(ref _activationCount) == 0)
        {
            OnWorkDone();
        }
    }

    /// <summary>Something that a shutdown waits for may have come to its end.</summary>
    internal void OnWorkDone()
    {
        if (_state == SiloState.Stopping
            && ActivationCount == 0
            && _streamProviders.Values.All(provider => provider.Pending == 0))
        {
            _drained.TrySetResult();
        }
    }

    /// <summary>All activations at about this moment, in an order that does not depend on hash codes if that matters.</summary>
    internal IEnumerable<Activation> Activations()
    {
        var all = GrainClasses.SelectMany(grainClass => grainClass.Activations);
        return Scheduler.IsDeterministic ? all.OrderBy(activation => activation.GrainId) : all;
    }

    private void End(SiloState state, string reason)
    {
        _state = state;
        _stopped.Cancel();
        _timeouts.Stop(new SiloUnavailableException(reason));
    }

    private Task StopTransportsAsync() => Task.WhenAll(Options.StreamTransports.Select(transport => transport.StopAsync()));

    private void CheckNames()
    {
        var twice = GrainClasses.GroupBy(grainClass => grainClass.Name).Where(group => group.Count() > 1).ToList();
        if (twice.Count > 0)
        {
            throw new ArgumentException("Grain classes must differ in name: " + string.Join(
                "; ", twice.Select(group => string.Join(", ", group.Select(grainClass => grainClass.Type)))));
        }
    }

    private enum SiloState
    {
        Created,
        Running,
        Stopping,
        Stopped,
        Killed,
    }
}
