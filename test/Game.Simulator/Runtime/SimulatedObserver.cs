using Orleans.Serialization.Invocation;

namespace Game.Simulator;

/// <summary>An object outside the grains that is told something: one message after the other, as Orleans' clients do it.</summary>
internal sealed class SimulatedObserver(SimulationScheduler simulation, IGrainObserver target) : ITargetHolder
{
    private readonly Queue<Call> _waiting = new();
    private bool _busy;

    public object GetTarget() => target;

    public object? GetComponent(Type componentType) => null;

    public void Receive(Call call)
    {
        _waiting.Enqueue(call);
        if (!_busy)
        {
            _busy = true;
            _ = simulation.Start(HandleAsync);
        }
    }

    private async Task HandleAsync()
    {
        while (_waiting.TryDequeue(out var call))
        {
            call.Request.SetTarget(this);
            call.Complete(await call.Request.Invoke());
        }

        _busy = false;
    }
}
