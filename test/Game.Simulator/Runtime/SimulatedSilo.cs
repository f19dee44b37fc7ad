using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization.Invocation;
using Orleans.Timers;

namespace Game.Simulator;

/// <summary>
/// One life of a silo that runs shipped grain assemblies on the simulation's thread, behind Orleans' own seams. Inside the
/// simulation only.
/// </summary>
public sealed class SimulatedSilo
{
    private const int MaxRoundsOfShutdown = 20;

    private readonly Dictionary<GrainType, GrainClass> _classes = [];
    private readonly Dictionary<Type, GrainClass> _classOfInterface = [];
    private readonly Dictionary<GrainId, Activation> _activations = [];
    private readonly ConcurrentDictionary<GrainId, SimulatedObserver> _observers = new();
    private readonly List<ClientConnection> _clients = [];
    private readonly ResponseTimeouts _timeouts;
    private readonly SimulatedReminders _reminders;
    private readonly ITimer _collector;
    private IServiceProvider? _services;
    private SiloState _state;

    public SimulatedSilo(SimulatedSiloOptions options)
    {
        Options = options;
        Clock = options.Simulation.TimeProvider;
        References = new GrainReferences(this, client: null);
        _timeouts = new ResponseTimeouts(Clock, options.ResponseTimeout);
        _reminders = new SimulatedReminders(this, options.Reminders);
        foreach (var grainClass in options.GrainAssemblies.SelectMany(GrainClass.In))
        {
            _classes.Add(grainClass.GrainType, grainClass);
            foreach (var type in grainClass.Interfaces)
            {
                _classOfInterface.TryAdd(type, grainClass);
            }
        }

        _collector = Clock.CreateTimer(_ => Collect(), null, options.CollectionQuantum, options.CollectionQuantum);
    }

    public string Name => Options.Name;

    /// <summary>The way to its grains for what runs in its own process.</summary>
    public IGrainFactory Grains => References;

    internal SimulatedSiloOptions Options { get; }

    internal SimulationScheduler Simulation => Options.Simulation;

    internal TimeProvider Clock { get; }

    internal GrainReferences References { get; }

    internal IReminderRegistry Reminders => _reminders;

    internal bool IsDead => _state == SiloState.Dead;

    /// <summary>Registers what grains ask the container of their silo for.</summary>
    public void AddTo(IServiceCollection services)
    {
        var runtime = new SimulatedRuntime(this);
        services.AddSingleton(Grains);
        services.AddSingleton<IGrainRuntime>(runtime);
        services.AddSingleton<ITimerRegistry>(runtime);
        services.AddSingleton<IReminderRegistry>(_reminders);
        services.AddScoped(_ => CurrentContext.Value!);
        foreach (var (name, streams) in Options.Streams)
        {
            services.AddKeyedSingleton<IStreamProvider>(name, new SimulatedStreamProvider(this, name, streams));
        }
    }

    /// <param name="services">Where its grains' constructors find what they ask for.</param>
    public async Task StartAsync(IServiceProvider services)
    {
        _services = services;
        await _reminders.StartAsync();
        foreach (var name in Options.Streams.Keys)
        {
            ((SimulatedStreamProvider)StreamsOf(name)).Start();
        }

        _state = SiloState.Up;
    }

    /// <summary>The way to its grains from outside its process: what is under way fails when the process dies.</summary>
    public IGrainFactory Connect()
    {
        var client = new ClientConnection();
        _clients.Add(client);
        return new GrainReferences(this, client);
    }

    /// <summary>A provider of streams, for what runs in its own process.</summary>
    public IStreamProvider StreamsOf(string provider) =>
        (_services ?? throw new InvalidOperationException($"{Name} has not started.")).GetRequiredKeyedService<IStreamProvider>(provider);

    /// <summary>Constructs a grain as its activation would, and does not activate it.</summary>
    public Grain Construct(Type grainClass, string key)
    {
        var known = _classes.Values.Single(known => known.Type == grainClass);
        return new Activation(this, known, GrainId.Create(known.GrainType, key)).Construct();
    }

    /// <summary>The process is gone for everybody outside it: what they wait for fails. Inside, all goes on.</summary>
    public void CutOff()
    {
        foreach (var client in _clients)
        {
            client.FailAll(Away());
        }

        _clients.Clear();
    }

    /// <summary>The process dies: nothing of it goes on.</summary>
    public void Kill()
    {
        CutOff();
        _state = SiloState.Dead;
        _timeouts.Stop();
        _reminders.Stop();
        _collector.Dispose();
        foreach (var activation in _activations.Values)
        {
            activation.Kill();
        }

        _activations.Clear();
    }

    /// <summary>Shuts down in good order: every activation leaves when it has ended what it is at.</summary>
    public async Task StopAsync()
    {
        _reminders.Stop();
        _collector.Dispose();
        for (var round = 0; _activations.Count > 0 && !IsDead; round++)
        {
            if (round == MaxRoundsOfShutdown)
            {
                throw new InvalidOperationException($"{Name} does not get rid of {string.Join(", ", _activations.Keys)}.");
            }

            List<Activation> leaving = [.. _activations.Values];
            leaving.ForEach(activation => activation.Deactivate(
                new DeactivationReason(DeactivationReasonCode.ShuttingDown, "The silo is shutting down.")));
            await Task.WhenAll(leaving.ConvertAll(activation => activation.Deactivated));
        }

        Kill();
    }

    /// <summary>The container that a grain is constructed from.</summary>
    internal IServiceProvider ServicesOf(GrainId grain) =>
        _services ?? throw new InvalidOperationException($"{Name} has not started: {grain} cannot be activated.");

    /// <exception cref="ArgumentException">No class implements it.</exception>
    internal GrainClass ClassOf(Type interfaceType) => _classOfInterface.TryGetValue(interfaceType, out var grainClass)
        ? grainClass
        : throw new ArgumentException($"Could not find an implementation for interface {interfaceType}.");

    internal IEnumerable<GrainClass> SubscribersOf(string streamNamespace) =>
        _classes.Values.Where(grainClass => grainClass.StreamNamespaces.Contains(streamNamespace));

    internal void Send(Call call)
    {
        Options.OnSending?.Invoke(call.Target, call.Request);
        _timeouts.Watch(call);
        Deliver(call);
    }

    /// <summary>Hands a call to its grain's activation; what one sender sends to one grain arrives in order.</summary>
    internal void Deliver(Call call)
    {
        if (IsDead)
        {
            call.Fail(Away());
        }
        else if (_observers.TryGetValue(call.Target, out var observer))
        {
            observer.Receive(call);
        }
        else if (!_classes.TryGetValue(call.Target.Type, out var grainClass))
        {
            call.Fail(new ArgumentException($"{Name} has no grain class {call.Target.Type}."));
        }
        else
        {
            if (!_activations.TryGetValue(call.Target, out var activation))
            {
                _activations.Add(call.Target, activation = new Activation(this, grainClass, call.Target));
            }

            activation.ReceiveMessage(call);
        }
    }

    /// <summary>Sends an answer back: it arrives in a turn of its own.</summary>
    internal void Answer(Call call, Response response)
    {
        if (!call.IsDone)
        {
            var answer = Options.OnAnswering?.Invoke(response) ?? response;
            Simulation.Schedule(new Reply(call, GrainModel.Instance.Responses.Copy(answer)));
        }
    }

    internal void Add(GrainId id, SimulatedObserver observer) => _observers[id] = observer;

    internal void RemoveObserver(GrainId id) => _observers.TryRemove(id, out _);

    internal GrainId FindObserver(IGrainObserver observer) =>
        _observers.FirstOrDefault(entry => ReferenceEquals(entry.Value.GetTarget(), observer)).Key;

    internal void Remove(Activation activation)
    {
        if (_activations.TryGetValue(activation.GrainId, out var known) && ReferenceEquals(known, activation))
        {
            _activations.Remove(activation.GrainId);
        }
    }

    internal void OnTrouble(string what) => Options.OnTrouble?.Invoke(what);

    internal SiloUnavailableException Away() => new($"The silo {Name} is not there any more.");

    private void Collect()
    {
        foreach (var activation in _activations.Values.ToList())
        {
            activation.Collect(Options.CollectionAge);
        }
    }

    private sealed class Reply(Call call, Response response) : IThreadPoolWorkItem
    {
        public void Execute() => call.Complete(response);
    }

    private enum SiloState
    {
        Down,
        Up,
        Dead,
    }
}
