using FsCheck;
using FsCheck.Fluent;
using Game.Contracts.Analytics;
using Game.Domain.Analytics.Buckets;
using Game.Domain.Analytics.Processors;
using Game.Domain.Analytics.Windows;

namespace Game.Domain.Tests.Analytics;

/// <summary>
/// Windows hold what every action adds to them, once: whatever crashes where, however often and however cut what is under way
/// comes again, and in whatever order buckets reach a window. Compared with one undisturbed pass, byte for byte.
/// </summary>
public sealed class ExactlyOnceTests
{
    [Fact]
    public void WindowsAreExact_UnderCrashesRedeliveriesAndAnySplit() => Prop.ForAll(Histories.Seeds, seed =>
    {
        var random = new Random(seed);
        var buckets = Enumerable.Range(0, 3)
            .Select(_ => ActionMaker.Place(new ActionMaker(random).Make(random.Next(30, 250))))
            .ToList();

        var expected = new World();
        for (var i = 0; i < buckets.Count; i++)
        {
            new Worker(expected, $"s01-{i:00}").Deliver(buckets[i], () => false);
        }

        var actual = new World();
        var workers = Enumerable.Range(0, buckets.Count).Select(i => new Worker(actual, $"s01-{i:00}")).ToList();
        var committed = new int[buckets.Count];
        for (var steps = 0; committed.Where((at, i) => at < buckets[i].Count).Any(); steps++)
        {
            Assert.True(steps < 10_000, "It does not come to an end.");
            var i = random.Next(buckets.Count);

            // From before what was committed, sometimes, and up to anywhere.
            var from = Math.Max(0, committed[i] - random.Next(20));
            var to = Math.Min(buckets[i].Count, committed[i] + random.Next(1, 60));
            if (workers[i].Deliver(buckets[i][from..to], () => random.Next(15) == 0))
            {
                committed[i] = Math.Max(committed[i], to);
            }
            else if (random.Next(2) == 0)
            {
                // The activation is lost with what it knew; another one may still believe it is in charge.
                workers[i] = new Worker(actual, $"s01-{i:00}");
            }
        }

        Assert.Equal(expected.Content(), actual.Content());
        Assert.Equal(expected.Memories(), actual.Memories());
    }).QuickCheckThrowOnFailure();

    /// <summary>A request that was half written comes again whole, also where what came of it was not its beginning.</summary>
    [Fact]
    public void WhatCameBeforeWhatItFollows_CountsOnceAllTheSame() => Prop.ForAll(Histories.Seeds, seed =>
    {
        var random = new Random(seed);
        var player = ActionMaker.NewPlayer(ActionMaker.Start, 1);
        var stream = new List<PlayerAction>();
        for (var request = 0; request < 20; request++)
        {
            var actions = Enumerable.Range(0, random.Next(1, ActionLimits.MaxBatch + 1))
                .Select(i => new PlayerAction($"request-{request}/{i}", player, "s01", ActionKind.StoreViewed, ActionMaker.Start)).ToList();
            for (var tries = random.Next(3); tries > 0; tries--)
            {
                stream.AddRange(actions.Where(_ => random.Next(2) == 0));
            }

            stream.AddRange(actions);
        }

        var bucket = ActionBucket.Initial("1.s01-00");
        foreach (var batch in ActionMaker.Place(stream).Chunk(random.Next(1, 60)))
        {
            var folded = BucketFold.Fold(1, ProcessorCatalog.All, bucket, batch, new Dictionary<WindowKey, ActionOffset>());
            bucket = bucket.Apply(Assert.Single(bucket.Decide(folded.Command!, ActionMaker.Start).Events));
        }

        Assert.Equal(stream.DistinctBy(action => action.Id).Count(), bucket.Counters.Counted);
    }).QuickCheckThrowOnFailure();

    /// <summary>The totals are those of the actions themselves, counted without any of this.</summary>
    [Fact]
    public void CountsSumsAndWindows_AreThoseOfTheActions()
    {
        var actions = new ActionMaker(new Random(7)).Make(3_000).DistinctBy(action => action.Id).ToList();
        var world = new World();
        new Worker(world, "s01-00").Deliver(ActionMaker.Place(actions), () => false);

        foreach (var resolution in Resolutions.All)
        {
            var length = Resolutions.PaneOf(resolution);
            var behaviour = world.Panes("behaviour", resolution);
            Assert.Equal(
                actions.GroupBy(action => (Resolutions.Floor(Resolutions.MinuteOf(action.At), length), ActionRulesName(action.Kind)))
                    .ToDictionary(group => group.Key, group => (long)group.Count()),
                Counters(behaviour, BehaviourProcessor.Actions));
            Assert.Equal(
                actions.Where(action => action.Kind != ActionKind.WarEnded)
                    .GroupBy(action => Resolutions.Floor(Resolutions.MinuteOf(action.At), length))
                    .ToDictionary(group => group.Key, group => (double)group.Select(action => action.Player).Distinct().Count()),
                behaviour.Panes.Where(pane => pane.Value.Metrics.ContainsKey(new(BehaviourProcessor.ActivePlayers, ""))).ToDictionary(
                    pane => pane.Key, pane => ((Distinct)pane.Value.Metrics[new(BehaviourProcessor.ActivePlayers, "")]).Sketch.Estimate()));
            Assert.Equal(
                actions
                    .Where(action => action.Kind is ActionKind.Purchased or ActionKind.SubscriptionStarted or ActionKind.SubscriptionRenewed)
                    .GroupBy(action => (Resolutions.Floor(Resolutions.MinuteOf(action.At), length), action.Currency!))
                    .ToDictionary(group => group.Key, group => group.Sum(action => action.Amount!.Value)),
                Counters(world.Panes("revenue", resolution), RevenueProcessor.Gross));
            Assert.Equal(
                actions.Where(action => action.Kind == ActionKind.SkillUsed).Sum(action => action.Amount!.Value),
                world.Panes("balance", resolution).Panes.Values.SelectMany(pane => pane.Metrics)
                    .Where(metric => metric.Key.Name == BalanceProcessor.SkillDamage)
                    .Sum(metric => ((Distribution)metric.Value).Sketch.Sum));
        }
    }

    /// <summary>A hopping window is the sum of its panes; a long tumbling one that of the short ones in it.</summary>
    [Fact]
    public void LongWindows_AreTheSumOfTheirPanes()
    {
        var world = new World();
        new Worker(world, "s01-00").Deliver(ActionMaker.Place(new ActionMaker(new Random(3)).Make(2_000)), () => false);

        foreach (var processor in ProcessorCatalog.All)
        {
            var daily = processor.Metrics.Where(metric => metric.DailyOnly).Select(metric => metric.Name).ToHashSet();
            var minutes = world.Panes(processor.Name, Resolution.Minute);
            foreach (var resolution in new[] { Resolution.Hour, Resolution.Day })
            {
                var summed = new PaneSet();
                foreach (var (minute, pane) in minutes.Panes)
                {
                    summed.Of(Resolutions.Floor(minute, Resolutions.PaneOf(resolution))).Merge(pane);
                }

                var stored = new PaneSet();
                foreach (var (minute, pane) in world.Panes(processor.Name, resolution).Panes)
                {
                    foreach (var (key, metric) in pane.Metrics.Where(metric => !daily.Contains(metric.Key.Name)))
                    {
                        stored.Of(minute).Merge(key, metric);
                    }
                }

                Assert.Equal(summed.ToBase64(), stored.ToBase64());
            }
        }
    }

    private static string ActionRulesName(ActionKind kind) => Domain.Analytics.ActionRules.Name(kind);

    private static Dictionary<(long, string), long> Counters(PaneSet panes, string name) => panes.Panes
        .SelectMany(pane => pane.Value.Metrics.Where(metric => metric.Key.Name == name).Select(metric => (pane.Key, metric)))
        .ToDictionary(entry => (entry.Key, entry.metric.Key.Dimension), entry => ((Counter)entry.metric.Value).Value);

    /// <summary>What is durable.</summary>
    private sealed class World
    {
        public Dictionary<string, WindowSpan> Windows { get; } = [];

        public Dictionary<string, ActionBucket> Buckets { get; } = [];

        public WindowSpan Window(WindowKey key) => Windows.TryGetValue(key.ToString(), out var span)
            ? span
            : Windows[key.ToString()] = WindowSpan.Initial(key.ToString());

        /// <summary>Without windows that were only asked for their marks.</summary>
        public SortedDictionary<string, string> Content() => new(Windows.Where(window => !window.Value.Panes.IsEmpty)
            .ToDictionary(window => window.Key, window => window.Value.Panes.ToBase64()));

        public IEnumerable<byte[]> Memories() => Buckets.OrderBy(bucket => bucket.Key).Select(bucket => bucket.Value.WriteSnapshot());

        public PaneSet Panes(string processor, Resolution resolution)
        {
            var all = new PaneSet();
            var prefix = $"1.{processor}.{resolution.ToString().ToLowerInvariant()}.";
            foreach (var (_, window) in Windows.Where(window => window.Key.StartsWith(prefix, StringComparison.Ordinal)))
            {
                all.Merge(window.Panes);
            }

            return all;
        }
    }

    /// <summary>An activation of a bucket, as the grain works, over a world in which each step may be the last.</summary>
    private sealed class Worker(World world, string bucket)
    {
        private readonly Dictionary<WindowKey, ActionOffset> _marks = [];

        /// <returns>Whether the stream may forget the batch.</returns>
        public bool Deliver(List<PlacedAction> batch, Func<bool> crashes)
        {
            var stored = world.Buckets.GetValueOrDefault(bucket);
            var state = ActionBucket.ReadSnapshot((stored ?? ActionBucket.Initial("")).WriteSnapshot());
            var folded = BucketFold.Fold(1, ProcessorCatalog.All, state, batch, _marks);
            foreach (var partial in folded.Partials.Where(partial => !_marks.ContainsKey(partial.Window)))
            {
                _marks[partial.Window] = world.Window(partial.Window).MarkOf(bucket);
            }

            folded = BucketFold.Fold(1, ProcessorCatalog.All, state, batch, _marks);
            if (folded.Command is null)
            {
                return true;
            }

            foreach (var partial in folded.Partials)
            {
                if (crashes() || !Merge(partial, folded.Command.Last))
                {
                    _marks.Clear();
                    return false;
                }
            }

            if (crashes())
            {
                _marks.Clear();
                return false;
            }

            var decision = (stored ?? ActionBucket.Initial("")).Decide(folded.Command, Histories.Noon);
            if (decision.Refusal is not null)
            {
                _marks.Clear();
                return false;
            }

            world.Buckets[bucket] = (stored ?? ActionBucket.Initial("")).Apply(decision.Events.Single());

            // Durable, and the answer may still be lost.
            return !crashes();
        }

        private bool Merge(Partial partial, ActionOffset last)
        {
            var window = world.Window(partial.Window);
            var merge = new MergePartial("command", bucket, partial.After, last, partial.Content.ToBase64());
            var decision = window.Decide(merge, Histories.Noon);
            if (decision.Refusal is not null)
            {
                return false;
            }

            world.Windows[partial.Window.ToString()] = WindowSpan.ReadSnapshot(window.Apply(decision.Events.Single()).WriteSnapshot());
            _marks[partial.Window] = last;
            return true;
        }
    }
}
