using FsCheck;
using FsCheck.Fluent;
using Game.Contracts;
using Game.Contracts.Accounts;
using Game.Contracts.Analytics;
using Game.Contracts.Chat;
using Game.Contracts.Players;
using Game.Contracts.Wars;
using Game.Domain.Analytics;
using Game.Domain.Analytics.Buckets;
using Game.Domain.Analytics.Processors;
using Game.Domain.Analytics.Windows;

namespace Game.Domain.Tests.Analytics;

/// <summary>What a shard's log tells of its players, and that it counts once however it comes.</summary>
public sealed class ServerActionsTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly string Player = ActionMaker.NewPlayer(At, 1);
    private static readonly string Guild = ActionMaker.NewPlayer(At, 2);
    private static readonly string Other = ActionMaker.NewPlayer(At, 3);
    private static readonly string War = ActionMaker.NewPlayer(At, 4);
    private static readonly AccountRegistered Account = new(At, "someone", Player, "hash");
    private static readonly WarDeclared Declared = new(At, Player, Guild, "Reds", Other, 10, 60, At);

    public static TheoryData<string, GameEvent, GameEvent?, ActionKind, string?, long?, string?> Tellings { get; } = new()
    {
        { Player, new PlayerRegistered(At, "someone", 100), null, ActionKind.Registered, null, null, null },
        { Player, new GuildMembershipConfirmed(At, Guild), null, ActionKind.GuildJoined, Guild, null, null },
        { Player, new GuildDepositSent(At, Guild, 70), null, ActionKind.GuildDeposited, Guild, 70, null },
        { "someone", new SessionOpened(At, "session", "hash", At), Account, ActionKind.LoggedIn, null, null, "session" },
        { "someone", new SessionClosed(At, "session", SessionEnd.Logout), Account, ActionKind.LoggedOut, null, null, "session" },
        { War, new StrikeLanded(At, Player, Guild, 9, new WarPoints(9, 0), 9), null, ActionKind.Struck, War, 9, null },
        { "world", new MessagePosted(At, Player, "Someone", "hello", Local: true), null, ActionKind.Chatted, null, null, null },
    };

    [Theory]
    [MemberData(nameof(Tellings))]
    public void Of_TellsTheAction(
        string key, GameEvent fact, GameEvent? first, ActionKind kind, string? target, long? amount, string? session)
    {
        Assert.True(ServerActions.Tells(fact.GetType()));
        Assert.Equal(first is not null, ServerActions.NeedsFirst(fact.GetType()));
        var action = Assert.Single(ServerActions.Of(new ShardFact("s01", 17, key, fact, first)));
        Assert.Equal(
            new PlayerAction("s01/17", Player, "s01", kind, At, session, Target: target, Amount: amount, Log: new LogLink(34, 0)), action);
        Assert.Null(ActionRules.CheckForm(action));
    }

    [Fact]
    public void Of_AWar_TellsBothSides()
    {
        var outcome = new WarOutcome(War, 1, new WarPoints(30, 20), Other, []);
        var actions = ServerActions.Of(new ShardFact("s01", 17, War, new WarSettled(At, Guild, Other, outcome, 10), Declared));

        Assert.Equal([ActionOutcome.Lost, ActionOutcome.Won], actions.Select(action => action.Outcome!.Value));
        Assert.Equal(["attacker", "defender"], actions.Select(action => action.Target));
        Assert.Equal([30, 20], actions.Select(action => action.Amount!.Value));
        Assert.Equal([new LogLink(34, 0), new LogLink(35, 0)], actions.Select(action => action.Log!));
        Assert.Equal(35, ServerActions.PlaceAfter(17));
        Assert.All(actions, action => Assert.Null(ActionRules.CheckForm(action)));
        Assert.Equal(2, actions.Select(action => action.Id).Distinct().Count());
    }

    [Fact]
    public void Of_WhatIsNoPlayersDoing_TellsNothing()
    {
        Assert.Empty(ServerActions.Of(new ShardFact("s02", 1, "world", new MessagePosted(At, Player, "Someone", "hello", Local: false))));
        Assert.Empty(ServerActions.Of(new ShardFact("s01", 1, "someone", new SessionClosed(At, "session", "superseded"), Account)));
        Assert.False(ServerActions.Tells(typeof(GoldReceived)));
    }

    /// <summary>
    /// Rounds fail anywhere and come again, overtaken and mixed with others, cut in any way: every action counts once, and as told
    /// without any of that.
    /// </summary>
    [Fact]
    public void Fold_CountsWhatLogsTellOnce_InAnyOrder() => Prop.ForAll(Histories.Seeds, seed =>
    {
        var random = new Random(seed);
        string[] players = [.. Enumerable.Range(0, 4).Select(i => ActionMaker.NewPlayer(At, i))];
        var stream = new List<PlayerAction>();
        var all = 0;
        foreach (var shard in (string[])["s01", "s02"])
        {
            long position = 0, floor = 0;
            for (var round = 0; round < 5; round++)
            {
                var actions = Enumerable.Range(0, random.Next(1, 30)).Select(_ => ServerActions.Of(new ShardFact(
                    shard, position += random.Next(1, 5), players[random.Next(4)], new GuildDepositSent(At, Guild, 1)))[0]).ToList();
                actions = [.. actions.Select(action => action with { Log = action.Log! with { Floor = floor } })];
                all += actions.Count;
                for (var tries = random.Next(4); tries > 0; tries--)
                {
                    // Some are on the stream although the round failed, not always the first ones.
                    stream.AddRange(actions.Where(_ => random.Next(3) > 0));
                }

                stream.AddRange(actions);
                floor = ServerActions.PlaceAfter(position);
            }

            // A relay that does not know of another's progress tells old rounds again.
            stream.AddRange(stream.Where(action => action.Shard == shard && random.Next(5) == 0).ToList());
        }

        var bucket = ActionBucket.Initial("1.s01-00");
        var windows = new PaneSet();
        var placed = ActionMaker.Place(stream);
        for (var at = 0; at < placed.Count;)
        {
            var until = Math.Min(placed.Count, at + random.Next(1, 40));
            var folded = BucketFold.Fold(1, ProcessorCatalog.All, bucket, placed[at..until], new Dictionary<WindowKey, ActionOffset>());
            foreach (var partial in folded.Partials.Where(partial => partial.Window is { Processor: "behaviour", Resolution: Resolution.Day }))
            {
                windows.Merge(partial.Content);
            }

            bucket = bucket.Apply(Assert.Single(bucket.Decide(folded.Command!, At).Events));
            bucket = ActionBucket.ReadSnapshot(bucket.WriteSnapshot());
            at = until;
        }

        Assert.Equal(all, bucket.Counters.Counted);
        Assert.Equal(stream.Count - all, bucket.Counters.Repeated);
        Assert.Equal(all, ((Counter)Game.Domain.Analytics.Queries.Series.Total(windows)
            .Metrics[new(BehaviourProcessor.Actions, "guildDeposited")]).Value);
    }).QuickCheckThrowOnFailure();
}
