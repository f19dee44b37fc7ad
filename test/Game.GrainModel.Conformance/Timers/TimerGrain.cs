namespace Game.GrainModel.Conformance.Timers;

/// <summary>A grain with one timer, whose ticks write "tick" and may wait at a gate.</summary>
[Alias("conformance.ITimerGrain")]
public interface ITimerGrain : IGrainWithStringKey
{
    [Alias("Start")]
    Task StartAsync(TimeSpan due, TimeSpan period, TimerBehaviour behaviour);

    /// <summary>
    /// Writes "hold begins", starts the timer so that it is due at once, and only once, and waits at the gate: the tick is due while
    /// this request runs, however slow the machine is.
    /// </summary>
    [Alias("StartAndHold")]
    Task StartAndHoldAsync(TimerBehaviour behaviour, string gate);

    [Alias("Change")]
    Task ChangeAsync(TimeSpan due, TimeSpan period);

    [Alias("Stop")]
    Task StopAsync();

    [Alias("Hold")]
    Task HoldAsync(string gate);

    [Alias("GetTicks"), AlwaysInterleave]
    Task<int> GetTicksAsync();

    [Alias("DeactivateOnIdle")]
    Task DeactivateOnIdleAsync();
}

[GenerateSerializer, Immutable, Alias("conformance.timer-behaviour")]
public sealed record TimerBehaviour(
    [property: Id(0)] bool Interleave = false,
    [property: Id(1)] bool KeepAlive = false,
    [property: Id(2)] bool Throws = false,
    [property: Id(3)] string? Gate = null);

public sealed class TimerGrain : Grain, ITimerGrain
{
    private IGrainTimer? _timer;
    private int _ticks;

    public Task StartAsync(TimeSpan due, TimeSpan period, TimerBehaviour behaviour)
    {
        Start(due, period, behaviour);
        return Task.CompletedTask;
    }

    public async Task StartAndHoldAsync(TimerBehaviour behaviour, string gate)
    {
        Write("hold begins");
        Start(TimeSpan.Zero, Timeout.InfiniteTimeSpan, behaviour);
        await Gate.Of(gate).PassAsync();
        Write("hold ends");
    }

    public Task ChangeAsync(TimeSpan due, TimeSpan period)
    {
        _timer!.Change(due, period);
        return Task.CompletedTask;
    }

    public Task StopAsync()
    {
        _timer!.Dispose();
        return Task.CompletedTask;
    }

    public async Task HoldAsync(string gate)
    {
        Write("hold begins");
        await Gate.Of(gate).PassAsync();
        Write("hold ends");
    }

    public Task<int> GetTicksAsync() => Task.FromResult(_ticks);

    public Task DeactivateOnIdleAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Write($"deactivated {reason.ReasonCode}");
        return Task.CompletedTask;
    }

    private void Start(TimeSpan due, TimeSpan period, TimerBehaviour behaviour) => _timer = this.RegisterGrainTimer(
        TickAsync,
        behaviour,
        new GrainTimerCreationOptions(due, period) { Interleave = behaviour.Interleave, KeepAlive = behaviour.KeepAlive });

    private async Task TickAsync(TimerBehaviour behaviour, CancellationToken cancellationToken)
    {
        _ticks++;
        Write("tick");
        if (behaviour.Gate is { } gate)
        {
            await using var registration = cancellationToken.Register(() => Write("tick cancelled"));
            await Gate.Of(gate).PassAsync();
            Write("tock");
        }

        if (behaviour.Throws)
        {
            throw new InvalidOperationException("A tick failed.");
        }
    }

    private void Write(string entry) => Journal.Of(this.GetPrimaryKeyString()).Add(entry);
}
