using System.Globalization;

namespace Game.Routing.Tests;

public sealed class RouterTests
{
    private const string Action = "action.test";

    /// <summary>
    /// Ways open and close, answers get lost, the process restarts: every message that was taken arrives, and those of a key in
    /// order. ROUTER_SEED repeats a run.
    /// </summary>
    [Fact]
    public async Task RandomFailuresAndRestarts_LoseNothing_AndKeepTheOrderOfEachKey()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("ROUTER_SEED"), CultureInfo.InvariantCulture, out var chosen)
            ? chosen : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"ROUTER_SEED={seed}");
        var random = new Random(seed);
        using var spool = new Spool();
        var (primary, parking) = (new FakeWay(new Random(seed + 1)), new FakeWay(new Random(seed + 2)));
        var routes = new MessageRoutes { Stream = primary, BroadcastParking = parking };
        var router = spool.Open(routes);
        var sent = Enumerable.Range(0, 8).ToDictionary(key => $"key-{key}", _ => 0);
        var outcomes = new Dictionary<RouteOutcome, int>();

        // Each level once, whatever the seed.
        foreach (var (isOpen, isParkingOpen, expected) in ((bool, bool, RouteOutcome)[])
            [(true, true, RouteOutcome.Delivered), (false, true, RouteOutcome.FellBack), (false, false, RouteOutcome.Spooled)])
        {
            (primary.IsOpen, parking.IsOpen) = (isOpen, isParkingOpen);
            var outcome = await router.SendAsync(Spool.Message(Action, "key-0", sent["key-0"]++), TestContext.Current.CancellationToken);
            Assert.Equal(expected, outcome);
        }

        for (var step = 0; step < 60; step++)
        {
            (primary.IsOpen, parking.IsOpen) = (random.Next(2) == 0, random.Next(2) == 0);
            (primary.Unanswered, parking.Unanswered) = (random.Next(3) * 20, random.Next(3) * 20);
            if (random.Next(10) == 0)
            {
                await router.DisposeAsync();
                router = spool.Open(routes);
            }

            var senders = sent.Keys.ToDictionary(key => key, _ => random.Next(6));
            var results = await Task.WhenAll(senders.Select(async sender =>
            {
                var found = new List<RouteOutcome>();
                for (var i = 0; i < sender.Value; i++)
                {
                    found.Add(await router.SendAsync(Spool.Message(Action, sender.Key, sent[sender.Key] + i), TestContext.Current.CancellationToken));
                }

                return found;
            }));
            foreach (var outcome in results.SelectMany(found => found))
            {
                outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            }

            foreach (var (key, count) in senders)
            {
                sent[key] += count;
            }

            if (random.Next(4) == 0)
            {
                (primary.IsOpen, primary.Unanswered) = (true, 0);
                await Spool.UntilAsync(
                    () => router.Status[0].Level != RouteLevel.Spool || !parking.IsOpen, () => $"{router.Status[0]}");
            }
        }

        (primary.IsOpen, parking.IsOpen, primary.Unanswered, parking.Unanswered) = (true, true, 0, 0);
        await Spool.UntilAsync(() => router.Status[0] is { Level: RouteLevel.Primary, Spooled: 0 }, () => $"{router.Status[0]}");
        await router.DisposeAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", outcomes));
        Assert.Empty(parking.Arrived);
        Spool.AssertInOrder(primary.Arrived.Select(message => (message.Key, Spool.NumberOf(message.Body))), sent);
    }

    /// <summary>The data folder went with the machine; what the process had parked at the other broker is there.</summary>
    [Fact]
    public async Task FreshSpool_DeliversWhatIsParkedBeforeWhatIsNew()
    {
        using var lost = new Spool();
        var (primary, parking) = (new FakeWay(new Random(1)) { IsOpen = false }, new FakeWay(new Random(2)));
        var routes = new MessageRoutes { Stream = primary, BroadcastParking = parking };
        await using (var router = lost.Open(routes))
        {
            Assert.Equal(RouteOutcome.FellBack, await router.SendAsync(Spool.Message(Action, "key", 0), TestContext.Current.CancellationToken));
        }

        primary.IsOpen = true;
        using var fresh = new Spool();
        await using var next = fresh.Open(routes, fresh.Options with { LooksForParked = true });
        await next.SendAsync(Spool.Message(Action, "key", 1), TestContext.Current.CancellationToken);
        await Spool.UntilAsync(() => next.Status[0].Level == RouteLevel.Primary, () => $"{next.Status[0]}");
        Assert.Equal([0, 1], primary.Arrived.Select(message => Spool.NumberOf(message.Body)));
        Assert.Empty(parking.Arrived);
    }

    /// <summary>Once its circuit is open, no message but the parked ones tries the primary way.</summary>
    [Fact]
    public async Task PrimaryWayOpensAgain_AfterItsCircuitBroke_DeliversWhatIsParked_ThoughNobodySends()
    {
        using var spool = new Spool();
        var (primary, parking) = (new FakeWay(new Random(1)) { IsOpen = false }, new FakeWay(new Random(2)));
        await using var router = spool.Open(new MessageRoutes { Stream = primary, BroadcastParking = parking });
        Assert.Equal(RouteOutcome.FellBack, await router.SendAsync(Spool.Message(Action, "key", 0), TestContext.Current.CancellationToken));
        await Spool.UntilAsync(() => router.Status[0].PrimaryBroken, () => $"{router.Status[0]}");

        primary.IsOpen = true;
        await Spool.UntilAsync(() => router.Status[0].Level == RouteLevel.Primary, () => $"{router.Status[0]}");
        Assert.Equal([0], primary.Arrived.Select(message => Spool.NumberOf(message.Body)));
        Assert.Empty(parking.Arrived);
    }

    [Fact]
    public async Task FullSpool_RefusesWithoutStoring_AndTakesMoreWhenThereIsRoom()
    {
        using var spool = new Spool();
        var primary = new FakeWay(new Random(1)) { IsOpen = false };
        await using var router = spool.Open(new MessageRoutes { Stream = primary }, spool.Options with { MaxSpoolBytes = 1024 * 1024 });
        var taken = 0;
        RouteException? refusal = null;
        while (refusal is null)
        {
            try
            {
                var message = Spool.Message(Action, "key", taken) with { Body = new byte[30_000] };
                Assert.Equal(RouteOutcome.Spooled, await router.SendAsync(message, TestContext.Current.CancellationToken));
                taken++;
            }
            catch (RouteException exception)
            {
                refusal = exception;
            }
        }

        Assert.Contains("full", refusal.Message, StringComparison.Ordinal);
        Assert.InRange(taken, 20, 40);
        primary.IsOpen = true;
        await Spool.UntilAsync(() => router.Status[0].Level == RouteLevel.Primary, () => $"{router.Status[0]}");
        Assert.Equal(taken, primary.Arrived.Count);
        Assert.Equal(RouteOutcome.Delivered, await router.SendAsync(Spool.Message(Action, "key", taken), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Combat_FallsBackAndIsDropped_ButNeverKept()
    {
        using var spool = new Spool();
        var (direct, broadcast) = (new FakeWay(new Random(1)), new FakeWay(new Random(2)));
        await using var router = spool.Open(new MessageRoutes { Direct = direct, Broadcast = broadcast });
        Task<RouteOutcome> SendAsync() => router.SendAsync(Spool.Message("combat.hit", "zone", 1), TestContext.Current.CancellationToken);
        Assert.Equal(RouteOutcome.Delivered, await SendAsync());
        direct.IsOpen = false;
        Assert.Equal(RouteOutcome.FellBack, await SendAsync());
        broadcast.IsOpen = false;
        Assert.Equal(RouteOutcome.Dropped, await SendAsync());
        Assert.Equal(0, router.Status.Sum(chain => chain.Spooled));
    }

    [Theory]
    [InlineData("", "key", 1, 0, "Id")]
    [InlineData("id", "", 1, 0, "Key")]
    [InlineData("id", "key", 0, 0, "SchemaVersion")]
    [InlineData("id", "key", 1, GameMessage.MaxBodyBytes + 1, "Body")]
    public async Task MessageOutsideItsLimits_IsRefused_NamingTheField(string id, string key, int version, int bytes, string field)
    {
        using var spool = new Spool();
        await using var router = spool.Open(new MessageRoutes { Stream = new FakeWay(new Random(1)) });
        var message = new GameMessage(id, Action, key, "type", version, new byte[bytes], DateTimeOffset.UnixEpoch);
        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => router.SendAsync(message, TestContext.Current.CancellationToken));
        Assert.StartsWith(field, refusal.Message, StringComparison.Ordinal);
    }
}
