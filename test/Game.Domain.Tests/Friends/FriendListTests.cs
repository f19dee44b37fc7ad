using FsCheck;
using FsCheck.Fluent;
using Game.Contracts;
using Game.Contracts.Friends;
using Game.Domain.Friends;
using Game.Domain.Tests.World;

namespace Game.Domain.Tests.Friends;

public sealed class FriendListTests
{
    private const string Me = "s01.me";
    private const string You = "s02.you";

    private static readonly string[] Everybody = ["s01.a", "s01.b", "s02.c", "s03.d", "s03.nobody"];

    /// <summary>Letters in any order, some twice: more than the bus ever does.</summary>
    [Fact]
    public void Both_sides_end_with_the_same_whatever_order_letters_come_in() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(400),
        Prop.ForAll(Histories.Seeds, seed =>
        {
            var town = new Town(new Random(seed));
            town.Live(400);
            town.ComeToRest();
            foreach (var (a, b) in Everybody.SelectMany(a => Everybody.Where(b => b != a).Select(b => (a, b))))
            {
                var (here, there) = (town.LinkOf(a, b), town.LinkOf(b, a));
                Assert.Equal((here.Ours, here.Theirs), (there.Theirs, there.Ours));
                Assert.False(town.Lists[a].State.Blocked.Contains(b) && here.Relation != FriendRelation.None);
                Assert.False(a == "s03.nobody" && here.Relation is FriendRelation.Friend or FriendRelation.Incoming);
            }
        }));

    [Fact]
    public void The_towns_are_not_dull() => Assert.Equal(
        Enum.GetValues<FriendChange>().Except([FriendChange.Full, FriendChange.Forgotten]),
        Enumerable.Range(1, 30).SelectMany(seed =>
        {
            var town = new Town(new Random(seed));
            town.Live(400);
            return town.Changes;
        }).Distinct().Order());

    [Fact]
    public void A_list_obeys_its_rules_in_any_history() => Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll(Histories.Seeds, seed =>
        {
            var count = 0;
            Histories.PlayRandomly<FriendList, FriendCommand>(
                FriendList.Initial(Me),
                seed,
                200,
                (random, list) => AnyCommand(random, $"{++count}", Me, list),
                list =>
                {
                    Assert.True(list.Places <= FriendLimits.MaxFriends);
                    Assert.DoesNotContain(list.Blocked, player => list.ViewOf(player).Relation != FriendRelation.None);
                });
        }));

    [Fact]
    public void Requests_that_cross_make_a_friendship()
    {
        var asked = FriendList.Initial(Me).After<FriendList, FriendCommand>(new RequestFriend("1", You, "me"));
        var (after, decision) = asked.Play(new ReceiveFriendLink("2", You, "you", default, new FriendRequest(7, FriendRequestStatus.Pending), "me"));
        Assert.Equal(FriendRelation.Friend, after.ViewOf(You).Relation);
        Assert.Equal(FriendChange.Accepted, decision.Events.OfType<FriendLinkChanged>().Single().Change);
    }

    [Fact]
    public void A_request_of_a_blocked_player_is_declined_without_a_word()
    {
        var blocking = FriendList.Initial(Me).After<FriendList, FriendCommand>(new BlockPlayer("1", You));
        var (after, _) = blocking.Play(new ReceiveFriendLink("2", You, "you", default, new FriendRequest(7, FriendRequestStatus.Pending), "me"));
        Assert.Equal((FriendRelation.None, FriendRequestStatus.Closed), (after.ViewOf(You).Relation, after.Links[You].Theirs.Status));
        Assert.Equal(RefusalCodes.PlayerIsBlocked, after.Decide(new RequestFriend("3", You, "me"), Histories.Noon).Refusal?.Code);
    }

    [Fact]
    public void Limits_hold_and_name_their_codes()
    {
        var list = FriendList.Initial(Me);
        for (var i = 0; i < FriendLimits.MaxPending; i++)
        {
            list = list.After<FriendList, FriendCommand>(new RequestFriend($"ask{i}", $"s02.o{i:D3}", "me"), Incoming($"s02.i{i:D3}"));
        }

        Assert.Equal(RefusalCodes.TooManyFriendRequests, list.Decide(new RequestFriend("x", "s02.x", "me"), Histories.Noon).Refusal?.Code);
        var full = list.Play(Incoming("s02.late"));
        Assert.Equal(FriendChange.Full, full.Decision.Events.OfType<FriendLinkChanged>().Single().Change);
        Assert.Equal(FriendLimits.MaxPending, full.State.Count(FriendRelation.Incoming));
        for (var i = 0; i < FriendLimits.MaxPending; i++)
        {
            list = list.After<FriendList, FriendCommand>(new AcceptFriend($"yes{i}", $"s02.i{i:D3}", "me"));
        }

        list = list.After<FriendList, FriendCommand>(Incoming("s02.one-more"));
        Assert.Equal(FriendLimits.MaxFriends, list.Places);
        Assert.Equal(RefusalCodes.TooManyFriends, list.Decide(new AcceptFriend("x", "s02.one-more", "me"), Histories.Noon).Refusal?.Code);
        for (var i = 0; i < FriendLimits.MaxBlocked; i++)
        {
            list = list.After<FriendList, FriendCommand>(new BlockPlayer($"block{i}", $"s03.b{i:D3}"));
        }

        Assert.Equal(RefusalCodes.TooManyBlocked, list.Decide(new BlockPlayer("x", "s03.x"), Histories.Noon).Refusal?.Code);
    }

    [Fact]
    public void What_was_closed_and_forgotten_is_closed_again_when_the_other_side_believes_in_it()
    {
        var list = FriendList.Initial(Me).After<FriendList, FriendCommand>(new RequestFriend("ask", You, "me"));
        var number = list.Links[You].Ours.Number;
        list = list.After<FriendList, FriendCommand>(new RemoveFriend("withdraw", You));
        for (var i = 0; i <= FriendList.RememberedClosed; i++)
        {
            list = list.After<FriendList, FriendCommand>(new RequestFriend($"ask{i}", $"s03.o{i:D3}", "me"));
            list = list.Play(new RemoveFriend($"no{i}", $"s03.o{i:D3}"), Histories.Noon.AddSeconds(i + 1)).State;
        }

        Assert.DoesNotContain(You, list.Links.Keys);
        var late = list.Play(new ReceiveFriendLink("late", You, "you", new FriendRequest(number, FriendRequestStatus.Accepted), default, "me"));
        var told = late.Decision.Events.OfType<FriendLinkChanged>().Single();
        Assert.Equal((FriendChange.Forgotten, FriendRequestStatus.Closed), (told.Change, told.Ours.Status));
        Assert.Equal(FriendRelation.None, late.State.ViewOf(You).Relation);
    }

    private static ReceiveFriendLink Incoming(string player) =>
        new($"from {player}", player, "name", default, new FriendRequest(5, FriendRequestStatus.Pending), "me");

    private static FriendCommand AnyCommand(Random random, string id, string owner, FriendList list)
    {
        var other = Everybody[random.Next(Everybody.Length)];
        return random.Next(9) switch
        {
            0 or 1 or 2 => new RequestFriend(id, other, "name"),
            3 => new AcceptFriend(id, other, "name"),
            4 => new DeclineFriend(id, other),
            5 => new RemoveFriend(id, other),
            6 when random.Next(3) == 0 => new BlockPlayer(id, random.Next(4) == 0 ? owner : other),
            6 or 7 => new UnblockPlayer(id, other),
            _ => new AcceptFriend(id, list.Links.FirstOrDefault(link => link.Value.Relation == FriendRelation.Incoming).Key ?? other, "name"),
        };
    }

    /// <summary>A few players on a few shards and the letters between their lists.</summary>
    private sealed class Town(Random random)
    {
        private readonly List<(string To, ReceiveFriendLink Letter)> _post = [];
        private DateTimeOffset _now = Histories.Noon;
        private int _count;

        public Dictionary<string, Node<FriendList, FriendCommand>> Lists { get; } =
            Everybody.ToDictionary(player => player, player => new Node<FriendList, FriendCommand>(FriendList.Initial(player)));

        public List<FriendChange> Changes { get; } = [];

        public FriendLink LinkOf(string a, string b) =>
            Lists[a].State.Links.GetValueOrDefault(b) ?? new FriendLink(null, default, default, default);

        public void Live(int steps)
        {
            var pace = random.Next(1, 6);
            for (var i = 0; i < steps; i++)
            {
                _now += TimeSpan.FromMilliseconds(random.Next(0, 3));
                var player = Everybody[random.Next(Everybody.Length - 1)];
                Execute(player, AnyCommand(random, $"c{++_count}", player, Lists[player].State));
                for (var n = random.Next(pace); n > 0; n--)
                {
                    DeliverOne();
                }
            }
        }

        public void ComeToRest()
        {
            while (_post.Count > 0)
            {
                DeliverOne();
            }
        }

        private void DeliverOne()
        {
            if (_post.Count == 0)
            {
                return;
            }

            var index = random.Next(_post.Count);
            var (to, letter) = _post[index];
            if (random.Next(4) > 0)
            {
                _post.RemoveAt(index);
            }

            Execute(to, letter);
        }

        private void Execute(string owner, FriendCommand command)
        {
            var version = Lists[owner].Version;
            foreach (var fact in Lists[owner].Execute(command, _now, out _))
            {
                version++;
                if (fact is FriendLinkChanged e)
                {
                    Changes.Add(e.Change);
                    _post.Add((e.Player, new ReceiveFriendLink(
                        $"{owner}@{version}", owner, e.OwnName, e.Theirs, e.Ours, e.Player == "s03.nobody" ? null : e.Player)));
                }
            }

            if (random.Next(10) == 0)
            {
                Lists[owner].Restore();
            }
        }
    }
}
