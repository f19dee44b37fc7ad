using Game.Contracts.Analytics;
using Game.Domain.Analytics.Buckets;
using Game.Domain.Analytics.Processors;
using Game.Domain.Analytics.Queries;
using Game.Domain.Analytics.Windows;

namespace Game.Domain.Tests.Analytics;

/// <summary>What single actions add up to, by hand.</summary>
public sealed class ProcessorTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly string[] Players =
        [.. Enumerable.Range(0, 4).Select(i => ActionMaker.NewPlayer(Start.AddHours(-1), i))];

    private int _number;

    [Fact]
    public void Sessions_EndWithALogoutOrAPause_AndAreToldInTheWindowOfTheirLastAction()
    {
        var panes = Fold(
            "behaviour",
            Resolution.Hour,
            Of(0, ActionKind.LoggedIn, 0),
            Of(0, ActionKind.Chatted, 5),
            Of(0, ActionKind.LoggedOut, 10),
            Of(1, ActionKind.LoggedIn, 20),
            Of(1, ActionKind.Chatted, 40),
            Of(0, ActionKind.LoggedIn, 45),

            // Long after everybody has gone: the sweep ends what is open.
            Of(2, ActionKind.LoggedIn, 200));

        var noon = panes.Panes[Resolutions.MinuteOf(Start)];
        Assert.Equal(3, Value(noon, BehaviourProcessor.Sessions));
        var lengths = (Distribution)noon.Metrics[new(BehaviourProcessor.SessionSeconds, "")];
        Assert.Equal((3, 1_800), (lengths.Sketch.Count, lengths.Sketch.Sum));
    }

    [Fact]
    public void Funnel_CountsStepsInOrder_OnceAPlayer()
    {
        var rows = BehaviourTables.Funnels(Series.Total(Fold(
            "behaviour",
            Resolution.Day,
            Of(0, ActionKind.StoreViewed, 0),
            Of(0, ActionKind.LoggedIn, 1),
            Of(0, ActionKind.Purchased, 2, amount: 1),
            Of(0, ActionKind.StoreViewed, 3),
            Of(0, ActionKind.Purchased, 4, amount: 1),
            Of(0, ActionKind.Purchased, 5, amount: 1),
            Of(1, ActionKind.LoggedIn, 6)))).Where(row => row.Funnel == "first-purchase").ToList();

        Assert.Equal([2, 1, 1], rows.Select(row => row.Players));
        Assert.Equal([null, 0.5, 1], rows.Select(row => row.OfPrevious));
    }

    [Fact]
    public void Retention_IsTheShareOfACohortThatComesBack()
    {
        const int Day = 24 * 60;
        var days = Fold(
            "behaviour",
            Resolution.Day,
            Of(0, ActionKind.LoggedIn, 0),
            Of(1, ActionKind.LoggedIn, 1),
            Of(0, ActionKind.LoggedIn, Day),
            Of(0, ActionKind.LoggedIn, 3 * Day),
            Of(1, ActionKind.LoggedIn, 3 * Day));

        var row = Assert.Single(BehaviourTables.Retention(days, days.Panes.Keys.Max()));
        Assert.Equal(("2026-03-01", 2), (row.Cohort, row.Players));
        Assert.Equal([1, 0.5, 0, 1], row.Days);
    }

    [Fact]
    public void Revenue_IsByCurrency_NetOfRefunds_AndByPlayer()
    {
        var total = Series.Total(Fold(
            "revenue",
            Resolution.Day,
            Of(0, ActionKind.Purchased, 0, amount: 1_000, currency: "EUR"),
            Of(0, ActionKind.SubscriptionStarted, 1, amount: 500, currency: "EUR"),
            Of(0, ActionKind.Refunded, 2, amount: 300, currency: "EUR"),
            Of(1, ActionKind.Purchased, 3, amount: 700, currency: "JPY"),
            Of(2, ActionKind.Chatted, 4),
            Of(3, ActionKind.Chatted, 5)));

        var rows = RevenueTable.ByCurrency(total);
        Assert.Equal(
            [
                new RevenueRow("EUR", 2, null, 1_500, 300, 1_200, null, 1, 4, 300, 1_200, 0.25),
                new RevenueRow("JPY", 0, null, 700, 0, 700, null, 1, 4, 175, 700, 0.25),
            ],
            rows);
        Assert.Equal("2026-03", RevenueTable.ByCohort(total)[0].Of);
        Assert.Equal(
            [("EUR", "product", 1_200L), ("JPY", "product", 700L)],
            RevenueTable.ByProduct(total).Select(row => (row.Currency, row.Of!, row.Net)));
    }

    [Fact]
    public void LateActions_AreCountedAsLate_AndInTheirWindow()
    {
        var panes = Fold(
            "behaviour", Resolution.Minute, Of(0, ActionKind.Chatted, 10), Of(0, ActionKind.Chatted, 8.5), Of(0, ActionKind.Chatted, 3));

        Assert.Equal(1, Value(panes.Panes[Resolutions.MinuteOf(Start) + 3], BehaviourProcessor.LateActions));
        Assert.Equal(1, Value(panes.Panes[Resolutions.MinuteOf(Start) + 3], BehaviourProcessor.Actions, "chatted"));
        Assert.False(panes.Panes[Resolutions.MinuteOf(Start) + 8].Metrics.ContainsKey(new(BehaviourProcessor.LateActions, "")));
    }

    [Fact]
    public void NamesThatAreMadeUp_FillNoPane_AndNoCountIsLost()
    {
        var actions = Enumerable.Range(0, Pane.MaxKeys * 2)
            .Select(i => Of(0, ActionKind.ItemUsed, i / 10_000.0) with { Item = $"item-{i}" })
            .ToArray();
        var pane = Series.Total(Fold("balance", Resolution.Day, actions));

        Assert.InRange(pane.Metrics.Count, 1, Pane.MaxKeys + 10);
        var uses = pane.Metrics.Where(metric => metric.Key.Name == BalanceProcessor.ItemUses);
        Assert.Equal(actions.Length, uses.Sum(metric => ((Counter)metric.Value).Value));
    }

    [Fact]
    public void AnActionThatNoServerShouldHaveSent_IsPassedOverAndCounted()
    {
        var batch = Place(Of(0, ActionKind.SkillUsed, 0) with { Skill = null });
        var folded = BucketFold.Fold(1, ProcessorCatalog.All, ActionBucket.Initial(""), batch, NoMarks);
        Assert.Equal(new BucketCounters(0, 0, 0, 1), folded.Command!.Counters);
        Assert.Empty(folded.Partials);
    }

    /// <summary>The recipe of docs/analytics.md.</summary>
    [Fact]
    public void AProcessor_IsOneClass()
    {
        var folded = BucketFold.Fold(
            1,
            [new ChatProcessor()],
            ActionBucket.Initial(""),
            Place(Of(0, ActionKind.Chatted, 0), Of(0, ActionKind.Chatted, 1), Of(1, ActionKind.Chatted, 2), Of(2, ActionKind.LoggedIn, 3)),
            NoMarks);

        var hour = Assert.Single(folded.Partials, partial => partial.Window.Resolution == Resolution.Hour);
        var talkers = (Distinct)Series.Total(hour.Content).Metrics[new("talkers", "")];
        Assert.Equal(("chat", 2.0), (hour.Window.Processor, talkers.Sketch.Estimate()));
    }

    private static Dictionary<WindowKey, ActionOffset> NoMarks => [];

    private static PaneSet Fold(string processor, Resolution resolution, params PlayerAction[] actions)
    {
        var panes = new PaneSet();
        foreach (var partial in BucketFold.Fold(1, ProcessorCatalog.All, ActionBucket.Initial(""), Place(actions), NoMarks).Partials)
        {
            if (partial.Window.Processor == processor && partial.Window.Resolution == resolution)
            {
                panes.Merge(partial.Content);
            }
        }

        return panes;
    }

    private static PlacedAction[] Place(params PlayerAction[] actions) =>
        [.. actions.Select((action, i) => new PlacedAction(new ActionOffset(i, 0), action))];

    private static long Value(Pane pane, string name, string dimension = "") => ((Counter)pane.Metrics[new(name, dimension)]).Value;

    private PlayerAction Of(int player, ActionKind kind, double minute, long? amount = null, string currency = "EUR") => new(
        $"source-{_number++}",
        Players[player],
        "s01",
        kind,
        Start.AddMinutes(minute),
        Skill: "s",
        Amount: amount,
        Currency: currency,
        Product: "product");

    private sealed class ChatProcessor : Processor
    {
        public override string Name => "chat";

        public override IReadOnlyList<MetricDefinition> Metrics { get; } =
            [new("talkers", MetricKind.Distinct, "players", "Players who said something.")];

        public override void Process(ActionContext context, Emitter emit)
        {
            if (context.Action.Kind == ActionKind.Chatted)
            {
                emit.Distinct("talkers", context.PlayerHash);
            }
        }
    }
}
