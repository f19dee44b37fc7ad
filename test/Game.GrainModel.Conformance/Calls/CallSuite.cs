using Xunit;

namespace Game.GrainModel.Conformance.Calls;

/// <summary>Calls, identity, turns, errors, one-way calls and time-outs.</summary>
public abstract class CallSuite : GrainModelSuite
{
    [Fact]
    public async Task EveryReturnType_GivesItsResult()
    {
        var grain = Grain<ICallGrain>();
        await grain.DoTaskAsync();
        await grain.DoValueTaskAsync();
        Assert.Equal(42, await grain.GetTaskAsync(41));
        Assert.Equal("a|2|True", await grain.GetValueTaskAsync("a", 2, true));
    }

    [Fact]
    public async Task ArgumentsOfManyTypes_ArriveAsSent()
    {
        var id = Guid.NewGuid();
        var at = new DateTimeOffset(2031, 5, 4, 3, 2, 1, TimeSpan.FromHours(2));
        Assert.Equal(
            FormattableString.Invariant($"1|2|2.5|d|{id}|{at:O}|7,8||p"),
            await Grain<ICallGrain>().GetManyAsync(1, 2, 2.5, "d", id, at, [7, 8], null, new Parcel("p", 1)));
    }

    [Fact]
    public async Task Messages_ArriveEqual_AndNullArrivesAsNull()
    {
        var grain = Grain<ICallGrain>();
        var parcel = new Parcel("outer", 3, new Parcel("inner", 1));
        Assert.Equal(parcel, await grain.EchoAsync(parcel));
        Assert.Null(await grain.EchoAsync(null));
    }

    [Fact]
    public async Task Key_IsKnownInsideAndFromTheReference()
    {
        var grain = Grain<ICallGrain>("named");
        Assert.Equal(Key("named"), await grain.GetKeyAsync());
        Assert.Equal(Key("named"), grain.GetPrimaryKeyString());
    }

    [Fact]
    public async Task OneKey_IsOneActivation_AndKeysDiffer()
    {
        var first = await Grain<ICallGrain>("a").GetActivationAsync();
        Assert.Equal(first, await Grain<ICallGrain>("a").GetActivationAsync());
        Assert.NotEqual(first, await Grain<ICallGrain>("b").GetActivationAsync());
    }

    [Fact]
    public async Task FirstCallsAtOnce_MeetOneActivation()
    {
        var activations = await SoonAsync(Task.WhenAll(
            Enumerable.Range(0, 50).Select(_ => Task.Run(() => Grain<ICallGrain>().GetActivationAsync()))));
        Assert.Single(activations.Distinct());
    }

    [Fact]
    public async Task References_AreEqual_WhenTheyNameTheSameGrain()
    {
        var reference = Grain<ICallGrain>("a");
        Assert.Equal(reference, Grain<ICallGrain>("a"));
        Assert.Equal(reference.GetHashCode(), Grain<ICallGrain>("a").GetHashCode());
        Assert.NotEqual(reference, Grain<ICallGrain>("b"));
        Assert.Equal(reference, await reference.GetReferenceAsync());
    }

    [Fact]
    public async Task RequestsOfOneGrain_RunOneAtATime()
    {
        var grain = Grain<ICallGrain>();
        var overlaps = await SoonAsync(Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => grain.MeasureOverlapAsync()))));
        Assert.Equal(1, overlaps.Max());
    }

    [Fact]
    public async Task StateReadBeforeAnAwait_IsUnchangedAfterIt()
    {
        var grain = Grain<ICallGrain>();
        await SoonAsync(Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => grain.AddSlowlyAsync(1)))));
        Assert.Equal(200, await grain.AddSlowlyAsync(0));
    }

    [Fact]
    public async Task Awaits_ResumeOnTheActivation() => Assert.True(await SoonAsync(Grain<ICallGrain>().ReturnsToSchedulerAsync()));

    [Fact]
    public async Task GrainsCallEachOther()
    {
        Assert.Equal(Key("b"), await SoonAsync(Grain<ICallGrain>("a").CallOtherAsync(Key("b"))));
        var a = Grain<ICallGrain>("a");
        Assert.Equal(
            await Grain<ICallGrain>("b").GetActivationAsync(),
            await SoonAsync(a.CallSelfThroughReferenceAsync(Grain<ICallGrain>("b"))));
    }

    [Fact]
    public async Task Exceptions_KeepTheirTypeAndMessage_AndTheGrainGoesOn()
    {
        var grain = Grain<ICallGrain>();
        var before = await grain.GetActivationAsync();
        Assert.Equal("at once", (await Assert.ThrowsAsync<ParcelLostException>(() => grain.ThrowAsync("at once"))).Message);
        Assert.Equal("later", (await Assert.ThrowsAsync<ParcelLostException>(() => grain.ThrowLaterAsync("later"))).Message);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(grain.ThrowCancelledAsync);
        Assert.Equal(before, await grain.GetActivationAsync());
    }

    [Fact]
    public async Task UnknownInterface_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => Host.GrainFactory.GetGrain<INobodysGrain>("x"));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task OneWayCall_ReturnsBeforeTheGrainHasActed()
    {
        await SoonAsync(Grain<ICallGrain>().NotifyAsync(Key("journal"), Key("gate")));
        Assert.Empty(JournalOf("journal").Entries);

        GateOf("gate").Open();
        await JournalOf("journal").WaitForAsync("notified");
    }

    [Fact]
    public async Task OneWayCall_ThatFails_TellsNobody_AndTheGrainGoesOn()
    {
        var grain = Grain<ICallGrain>();
        await grain.NotifyAndFailAsync(Key("journal"));
        await JournalOf("journal").WaitForAsync("failing");
        Assert.Equal(1, await SoonAsync(grain.GetTaskAsync(0)));
    }

    [Fact]
    public async Task SlowResponse_TimesOutAfterTheMethodsOwnTime_AndTheGrainFinishes()
    {
        var grain = Grain<ICallGrain>();
        await Assert.ThrowsAsync<TimeoutException>(() => SoonAsync(grain.StallAsync(Key("gate"))));

        GateOf("gate").Open();
        Assert.Equal(1, await SoonAsync(grain.GetTaskAsync(0)));
    }
}

/// <summary>An interface without a grain.</summary>
[Alias("conformance.INobodysGrain")]
public interface INobodysGrain : IGrainWithStringKey
{
    [Alias("Do")]
    Task DoAsync();
}
