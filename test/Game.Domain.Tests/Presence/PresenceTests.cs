using FsCheck;
using FsCheck.Fluent;
using Game.Contracts.Identity;
using Game.Contracts.Presence;
using Game.Domain.Presence;

namespace Game.Domain.Tests.Presence;

public sealed class PresenceTests
{
    private static readonly DateTimeOffset Noon = Histories.Noon;

    private static readonly string[] Players =
        [.. Enumerable.Range(0, 200).Select(i => Ulid.From(Noon, [0, 0, 0, 0, 0, 0, 0, 0, (byte)(i / 256), (byte)i]))];

    /// <summary>Digests lost, doubled and late; then one undisturbed round of buckets.</summary>
    [Fact]
    public void A_round_of_digests_makes_up_for_all_that_were_lost() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(200),
        Prop.ForAll(Histories.Seeds, seed =>
        {
            var random = new Random(seed);
            var here = new PresenceDigests(1);
            var there = new RemotePresence();
            var late = new List<PresenceDigested>();
            var told = new Dictionary<string, bool>();
            for (var i = 0; i < 100; i++)
            {
                for (var n = random.Next(20); n > 0; n--)
                {
                    here.Set(Players[random.Next(Players.Length)], random.Next(2) == 0);
                }

                if (random.Next(40) == 0)
                {
                    // A new activation begins from nothing, with a greater epoch.
                    var online = Players.Where(here.IsOnline).ToList();
                    here = new PresenceDigests(i + 2);
                    online.ForEach(player => here.Set(player, true));
                }

                var digest = here.Next(Noon);
                late.Add(digest);
                if (random.Next(3) > 0)
                {
                    Hear(random.Next(4) == 0 ? late[random.Next(late.Count)] : digest);
                }
            }

            for (var i = 0; i < PresenceBuckets.Least; i++)
            {
                Hear(here.Next(Noon));
            }

            Assert.All(Players, player => Assert.Equal(here.IsOnline(player), there.IsOnline(player)));
            Assert.All(Players, player => Assert.Equal(there.IsOnline(player), told.GetValueOrDefault(player)));
            Assert.Equal(here.Online, there.ExpireIfUnheard(Noon.AddSeconds(10), TimeSpan.FromSeconds(10)).Count);
            Assert.Equal(0, there.Online);

            void Hear(PresenceDigested digest)
            {
                foreach (var (player, online) in there.Hear(digest, Noon))
                {
                    Assert.NotEqual(online, told.GetValueOrDefault(player));
                    told[player] = online;
                }
            }
        }));

    [Fact]
    public void A_digest_carries_what_changed_and_no_more()
    {
        var here = new PresenceDigests(1);
        here.Set(Players[0], true);
        here.Set(Players[1], true);
        here.Set(Players[1], false);
        var first = here.Next(Noon);
        Assert.Equal((Players[0], ""), (first.Online, first.Offline));
        Assert.Equal(("", ""), (here.Next(Noon).Online, here.Next(Noon).Offline));
        here.Set(Players[0], false);
        Assert.True(here.HasNews);
        Assert.Equal(Players[0], here.Next(Noon).Offline);
        Assert.False(here.HasNews);
    }

    [Fact]
    public void However_many_come_at_once_a_digest_stays_within_the_limit_of_the_bus()
    {
        var here = new PresenceDigests(1);
        var random = new Random(7);
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = new byte[10];
            random.NextBytes(bytes);
            here.Set(Ulid.From(Noon, bytes), true);
        }

        var there = new RemotePresence();
        for (var i = 0; i < 200; i++)
        {
            var digest = here.Next(Noon);
            Assert.True(digest.Online.Length + digest.Offline.Length + digest.Members.Length < 60 * 1024);
            there.Hear(digest, Noon);
        }

        Assert.Equal(50_000, there.Online);
    }

    [Fact]
    public void A_player_is_online_as_long_as_one_gateway_says_so_under_a_lease()
    {
        var leases = new GatewayLeases();
        Assert.True(leases.Report(new PresenceReport("a", 1, true, ["p", "q"], []), Noon, out var changes));
        Assert.Equal([("p", true), ("q", true)], changes);
        Assert.True(leases.Report(new PresenceReport("b", 1, true, ["p"], []), Noon.AddSeconds(5), out changes));
        Assert.Empty(changes);
        Assert.Equal(["q"], leases.Expire(Noon.AddSeconds(10), TimeSpan.FromSeconds(10)));
        Assert.True(leases.IsOnline("p"));
        Assert.Equal(["p"], leases.Expire(Noon.AddSeconds(15), TimeSpan.FromSeconds(10)));
        Assert.Empty(leases.Online);
    }

    /// <summary>Reports lost with or without effect; whoever is told that one is missing sends all.</summary>
    [Fact]
    public void Leases_follow_reports_whichever_of_them_or_of_their_answers_are_lost() => Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll(Histories.Seeds, seed =>
        {
            var random = new Random(seed);
            var leases = new GatewayLeases();
            var (sequence, known, told) = (0L, false, new HashSet<string>());
            var online = new HashSet<string>();
            for (var i = 0; i < 100; i++)
            {
                var player = Players[random.Next(20)];
                _ = random.Next(2) == 0 ? online.Add(player) : online.Remove(player);
                var report = known
                    ? new PresenceReport("g", ++sequence, false, [.. online.Except(told)], [.. told.Except(online)])
                    : new PresenceReport("g", ++sequence, true, [.. online], []);
                known = false;
                var fate = random.Next(6);
                if (fate > 0 || i == 99)
                {
                    var complete = leases.Report(report, Noon, out _);
                    if (fate > 1 || i == 99)
                    {
                        (known, told) = (complete, [.. online]);
                    }
                }

                if (random.Next(30) == 0)
                {
                    leases = new GatewayLeases();
                }

                if (known && leases.Online.Count > 0)
                {
                    Assert.Equal(told.Order(), leases.Online.Order());
                }
            }
        }));

    [Fact]
    public void Watchers_are_those_who_have_the_player_for_a_friend()
    {
        var watch = new FriendWatch();
        watch.Set("a", ["x", "y"]);
        watch.Set("b", ["x"]);
        Assert.Equal(["a", "b"], watch.WatchersOf("x").Order());
        watch.Set("a", ["y"]);
        Assert.Equal(["b"], watch.WatchersOf("x"));
        watch.Set("b", []);
        Assert.Empty(watch.WatchersOf("x"));
    }
}
