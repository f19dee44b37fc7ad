using Xunit;

namespace Game.GrainModel.Conformance.Filters;

/// <summary>Incoming call filters and the request context.</summary>
public abstract class FilterSuite : GrainModelSuite
{
    [Fact]
    public async Task HostFilter_ComesBeforeTheGrainsOwn_WhichComesBeforeTheMethod()
    {
        Assert.Equal(4, await Grain<IFilteredGrain>().DoubleAsync(2));
        Assert.Equal(
            ["host filter IFilteredGrain.DoubleAsync", "grain filter DoubleAsync", "doubling 2", "host filter saw 4"],
            JournalOf().Entries);
    }

    [Fact]
    public async Task Filter_MayChangeArgumentsAndResult() => Assert.Equal(201, await Grain<IFilteredGrain>().DoubleAsync(13));

    [Fact]
    public async Task Filter_MayRefuse_AndTheMethodDoesNotRun()
    {
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => Grain<IFilteredGrain>().DoubleAsync(666));
        Assert.DoesNotContain("doubling 666", JournalOf().Entries);
        Assert.Contains("host filter saw UnauthorizedAccessException", JournalOf().Entries);
    }

    [Fact]
    public async Task MethodsWithoutResult_AndExceptions_PassThroughFilters()
    {
        await Grain<IFilteredGrain>().DoAsync(Key("journal"));
        Assert.Equal(["done"], JournalOf("journal").Entries);
        await Assert.ThrowsAsync<InvalidTimeZoneException>(Grain<IFilteredGrain>().ThrowAsync);
    }

    [Fact]
    public async Task RequestContext_ReachesTheGrain_AndWhomItCalls()
    {
        RequestContext.Set("shade", "green");
        Assert.Equal("green", await Grain<IFilteredGrain>("a").GetShadeAsync());
        Assert.Equal("green", await Grain<IFilteredGrain>("a").GetShadeThroughAsync(Key("b")));
        RequestContext.Remove("shade");
        Assert.Null(await Grain<IFilteredGrain>("a").GetShadeAsync());
    }

    [Fact]
    public async Task RequestContext_DoesNotComeBack_AndDoesNotStayInTheGrain()
    {
        var grain = Grain<IFilteredGrain>();
        await grain.SetShadeAsync("red");
        Assert.Null(RequestContext.Get("shade"));
        Assert.Null(await grain.GetShadeAsync());
    }
}
