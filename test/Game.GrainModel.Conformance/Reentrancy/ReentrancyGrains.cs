namespace Game.GrainModel.Conformance.Reentrancy;

/// <summary>Methods of every admission; each waits at a gate and writes down when it begins and ends.</summary>
[Alias("conformance.IGateMethods")]
public interface IGateMethods : IGrainWithStringKey
{
    [Alias("Write")]
    Task WriteAsync(string name);

    [Alias("Read"), ReadOnly]
    Task ReadAsync(string name);

    [Alias("Look"), AlwaysInterleave]
    Task LookAsync(string name);
}

[Alias("conformance.IGateGrain")]
public interface IGateGrain : IGateMethods;

[Alias("conformance.IReentrantGateGrain")]
public interface IReentrantGateGrain : IGateMethods;

public abstract class GateGrainBase : Grain
{
    public Task WriteAsync(string name) => PassAsync(name);

    public Task ReadAsync(string name) => PassAsync(name);

    public Task LookAsync(string name) => PassAsync(name);

    private async Task PassAsync(string name)
    {
        var key = this.GetPrimaryKeyString();
        Journal.Of(key).Add($"{name} begins");
        await Gate.Of($"{key}/{name}").PassAsync();
        Journal.Of(key).Add($"{name} ends");
    }
}

public sealed class GateGrain : GateGrainBase, IGateGrain;

[Reentrant]
public sealed class ReentrantGateGrain : GateGrainBase, IReentrantGateGrain;

/// <summary>A grain whose calls come back to it.</summary>
[Alias("conformance.ICircleGrain")]
public interface ICircleGrain : IGrainWithStringKey
{
    /// <summary>Calls <paramref name="other"/>, which calls back here.</summary>
    [Alias("GoRound")]
    Task<string> GoRoundAsync(string other);

    /// <summary>Alone in running out soon: whoever waits for it is free then, and no other call is in a hurry.</summary>
    [Alias("CallBack"), ResponseTimeout("00:00:01")]
    Task<string> CallBackAsync(string caller);

    [Alias("Greet")]
    Task<string> GreetAsync();
}

public sealed class CircleGrain : Grain, ICircleGrain
{
    public Task<string> GoRoundAsync(string other) =>
        GrainFactory.GetGrain<ICircleGrain>(other).CallBackAsync(this.GetPrimaryKeyString());

    public Task<string> CallBackAsync(string caller) => GrainFactory.GetGrain<ICircleGrain>(caller).GreetAsync();

    public Task<string> GreetAsync() => Task.FromResult("hello");
}
