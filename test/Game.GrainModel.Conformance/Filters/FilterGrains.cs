namespace Game.GrainModel.Conformance.Filters;

[Alias("conformance.IFilteredGrain")]
public interface IFilteredGrain : IGrainWithStringKey
{
    [Alias("Double")]
    Task<int> DoubleAsync(int value);

    [Alias("Do")]
    ValueTask DoAsync(string journal);

    [Alias("Throw")]
    Task ThrowAsync();

    [Alias("GetShade")]
    Task<string?> GetShadeAsync();

    [Alias("GetShadeThrough")]
    Task<string?> GetShadeThroughAsync(string other);

    [Alias("SetShade")]
    Task SetShadeAsync(string shade);
}

/// <summary>A grain with a filter of its own: 13 becomes 100, an answer of 200 becomes 201, and 666 is refused.</summary>
public sealed class FilteredGrain : Grain, IFilteredGrain, IIncomingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.MethodName != nameof(IFilteredGrain.DoubleAsync))
        {
            await context.Invoke();
            return;
        }

        Journal.Of(this.GetPrimaryKeyString()).Add($"grain filter {context.MethodName}");
        switch (context.Request.GetArgument(0))
        {
            case 13:
                context.Request.SetArgument(0, 100);
                break;
            case 666:
                throw new UnauthorizedAccessException("Not that number.");
        }

        await context.Invoke();
        if (context.Result is 200)
        {
            context.Result = 201;
        }
    }

    public Task<int> DoubleAsync(int value)
    {
        Journal.Of(this.GetPrimaryKeyString()).Add($"doubling {value}");
        return Task.FromResult(value * 2);
    }

    public ValueTask DoAsync(string journal)
    {
        Journal.Of(journal).Add("done");
        return ValueTask.CompletedTask;
    }

    public Task ThrowAsync() => throw new InvalidTimeZoneException("No such zone.");

    public Task<string?> GetShadeAsync() => Task.FromResult(RequestContext.Get("shade") as string);

    public async Task<string?> GetShadeThroughAsync(string other)
    {
        await Task.Yield();
        return await GrainFactory.GetGrain<IFilteredGrain>(other).GetShadeAsync();
    }

    public Task SetShadeAsync(string shade)
    {
        RequestContext.Set("shade", shade);
        return Task.CompletedTask;
    }
}

/// <summary>The filter that hosts register for all grains. Writes down the calls to <see cref="IFilteredGrain"/>.</summary>
public sealed class JournalingFilter : IIncomingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.Grain is not FilteredGrain grain)
        {
            await context.Invoke();
            return;
        }

        var journal = Journal.Of(grain.GetPrimaryKeyString());
        journal.Add($"host filter {context.InterfaceMethod.DeclaringType!.Name}.{context.ImplementationMethod.Name}");
        try
        {
            await context.Invoke();
            journal.Add($"host filter saw {context.Result}");
        }
        catch (Exception exception)
        {
            journal.Add($"host filter saw {exception.GetType().Name}");
            throw;
        }
    }
}
