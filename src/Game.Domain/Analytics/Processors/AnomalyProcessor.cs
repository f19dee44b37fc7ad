using System.Globalization;
using Game.Contracts.Analytics;
using Game.Domain.Analytics.Encoding;
using Game.Domain.Analytics.Sketches;
using Game.Domain.Analytics.Windows;

namespace Game.Domain.Analytics.Processors;

/// <summary>
/// Players who do what people do not: faster than feet carry, as regular as a clock, in loops, more often or richer than all
/// others, or in a session that has ended. Each alert tells the reason, how far beyond the line, and the figures. The
/// population is that of the bucket: players fall into buckets at random.
/// </summary>
public sealed partial class AnomalyProcessor : Processor
{
    public const string Alerts = "alerts";
    public const string AlertsByReason = "alerts_by_reason";
    public const string Suspects = "suspects";

    public const string Speed = "speed";
    public const string Regularity = "regularity";
    public const string Loop = "loop";
    public const string Rate = "rate";
    public const string Yield = "yield";
    public const string Tireless = "tireless";
    public const string EndedSession = "ended-session";

    private const int SlotMinutes = 10;

    private static readonly string[] Reasons = [Speed, Regularity, Loop, Rate, Yield, Tireless, EndedSession];

    public override string Name => "anomalies";

    public override IReadOnlyList<MetricDefinition> Metrics { get; } =
    [
        new(Alerts, MetricKind.Alerts, "alerts", "The most conspicuous alerts of the window, and how many there were."),
        new(AlertsByReason, MetricKind.Count, "alerts", "Alerts by reason.", "reason"),
        new(Suspects, MetricKind.Distinct, "players", "Players with an alert."),
    ];

    public override Memory NewPlayerMemory() => new PlayerMemory();

    public override Memory NewSharedMemory() => new Population();

    public override void Process(ActionContext context, Emitter emit)
    {
        var player = (PlayerMemory)context.Player!;
        var population = (Population)context.Shared!;
        var action = context.Action;
        CheckSession(context, player, emit);
        CheckPlace(context, player, emit);

        // What the log tells comes by another clock and a second later than what the client reports of itself: put between, it would
        // hide the client's own rhythm.
        if (action.Log is null && context.At >= player.LastAt)
        {
            CheckGap(context, player, emit);
            CheckRate(context, player, population, emit);
            CheckYield(context, player, population, emit);
            player.LastAt = context.At;
        }

        if (action.Kind == ActionKind.LoggedOut && action.Session is { } ended)
        {
            player.EndedSession = TextHash.Of(ended);
            player.EndedAt = context.At;
        }
    }

    /// <summary>A client that goes on after its session has ended. What was under way when it did is no sign.</summary>
    private static void CheckSession(ActionContext context, PlayerMemory player, Emitter emit)
    {
        const long UnderWay = 10_000;
        var action = context.Action;
        if (player.EndedAt > 0 && action.Session is { } session && action.Kind != ActionKind.LoggedOut
            && context.At > player.EndedAt + UnderWay && TextHash.Of(session) == player.EndedSession)
        {
            var seconds = (context.At - player.EndedAt) / 1000;
            Tell(context, player, emit, EndedSession, 1, $"{ActionRules.Name(action.Kind)} in a session that ended {seconds} s before");
        }
    }

    private static void CheckPlace(ActionContext context, PlayerMemory player, Emitter emit)
    {
        var action = context.Action;
        if (action.Kind == ActionKind.Teleported || (action.Kind == ActionKind.Moved && action.X is null) || context.StartsSession)
        {
            player.PlacedAt = 0;
        }

        if (action.X is not { } x || action.Y is not { } y)
        {
            return;
        }

        var elapsed = context.At - player.PlacedAt;
        if (player.PlacedAt > 0 && elapsed < AnomalyLimits.MinStep)
        {
            return;
        }

        if (player.PlacedAt > 0)
        {
            double dx = x - player.X, dy = y - player.Y;
            var speed = Math.Sqrt((dx * dx) + (dy * dy)) * 1000 / elapsed;
            if (speed <= AnomalyLimits.MaxSpeed)
            {
                player.FastMoves = Math.Max(0, player.FastMoves - 1);
            }
            else if (++player.FastMoves >= AnomalyLimits.SpeedRun)
            {
                player.FastMoves = 0;
                Tell(context, player, emit, Speed, speed / AnomalyLimits.MaxSpeed, string.Create(
                    CultureInfo.InvariantCulture, $"{speed:0.0} m/s, {AnomalyLimits.SpeedRun} moves too fast"));
            }
        }

        (player.X, player.Y, player.PlacedAt) = (x, y, context.At);
    }

    /// <summary>
    /// People hesitate, and what they do next cannot be told from what they did before. Scripts take as long as they always take
    /// from one thing to the next, give or take some jitter; or they go round in a loop; or they never rest. Gaps over a minute
    /// are pauses, which scripts have too, and say nothing about regularity.
    /// </summary>
    private static void CheckGap(ActionContext context, PlayerMemory player, Emitter emit)
    {
        const long LongestGap = 60_000;
        var token = TokenOf(context.Action);
        var gap = context.At - player.LastAt;
        if (gap >= AnomalyLimits.Rest || player.RestedAt == 0)
        {
            player.RestedAt = context.At;
        }
        else if (context.At - player.RestedAt >= AnomalyLimits.Tireless)
        {
            Tell(context, player, emit, Tireless, 1, string.Create(
                CultureInfo.InvariantCulture,
                $"{(context.At - player.RestedAt) / 3_600_000.0:0.0} h without a pause of {AnomalyLimits.Rest / 1000} s"));
        }

        if (player.LastAt > 0 && gap < LongestGap)
        {
            player.AddGap(gap, context.Action.Kind, token);
        }

        player.Learn(context.Action.Kind, token);
        if (player.Gaps < AnomalyLimits.GapBlock)
        {
            return;
        }

        var deviation = Math.Sqrt(player.GapDeviations / player.Gaps);
        var foretold = (double)player.Foretold / player.Gaps;
        player.RegularBlocks = deviation < AnomalyLimits.RegularDeviation ? player.RegularBlocks + 1 : 0;
        player.LoopBlocks = foretold >= AnomalyLimits.LoopShare ? player.LoopBlocks + 1 : 0;
        player.StartBlock();
        if (player.RegularBlocks >= AnomalyLimits.RegularRun)
        {
            player.RegularBlocks = 0;
            var within = 100 * (Math.Exp(deviation) - 1);
            Tell(context, player, emit, Regularity, AnomalyLimits.RegularDeviation / Math.Max(deviation, 0.01), string.Create(
                CultureInfo.InvariantCulture,
                $"{AnomalyLimits.RegularRun * AnomalyLimits.GapBlock} actions, gaps within {within:0} % of what is usual between them"));
        }

        if (player.LoopBlocks >= AnomalyLimits.RegularRun)
        {
            player.LoopBlocks = 0;
            Tell(context, player, emit, Loop, foretold / AnomalyLimits.LoopShare, string.Create(
                CultureInfo.InvariantCulture,
                $"{100 * foretold:0} % of {AnomalyLimits.RegularRun * AnomalyLimits.GapBlock} actions foretold by the two before"));
        }
    }

    private static void CheckRate(ActionContext context, PlayerMemory player, Population population, Emitter emit)
    {
        var minute = context.At / 60_000;
        if (minute == player.Minute)
        {
            player.MinuteActions++;
            return;
        }

        if (player.MinuteActions > 0)
        {
            var deviations = population.Rate.DeviationsOf(player.MinuteActions);
            var own = player.OwnRate.Count >= 30 ? player.OwnRate.DeviationsOf(player.MinuteActions) : double.PositiveInfinity;
            var fast = player.MinuteActions >= AnomalyLimits.MinRate && population.Rate.Count >= AnomalyLimits.MinBaseline
                && deviations > AnomalyLimits.RateDeviations;

            // Who has always been this fast stands out by the population alone, who suddenly is by the own baseline too.
            player.FastMinutes = fast ? player.FastMinutes + 1 : 0;
            if (player.FastMinutes >= AnomalyLimits.RateRun)
            {
                player.FastMinutes = 0;
                var score = deviations / AnomalyLimits.RateDeviations
                    * (own is > AnomalyLimits.OwnRateDeviations and < double.PositiveInfinity ? own / AnomalyLimits.OwnRateDeviations : 1);
                var beside = double.IsInfinity(own)
                    ? "own pace unknown"
                    : string.Create(CultureInfo.InvariantCulture, $"{own:0.0} above its own");
                Tell(context, player, emit, Rate, score, string.Create(
                    CultureInfo.InvariantCulture,
                    $"{player.MinuteActions} actions a minute, {deviations:0.0} deviations above all, {beside}"));
            }

            population.Rate.Add(player.MinuteActions);
            player.OwnRate.Add(player.MinuteActions);
        }

        (player.Minute, player.MinuteActions) = (minute, 1);
    }

    private static void CheckYield(ActionContext context, PlayerMemory player, Population population, Emitter emit)
    {
        var slot = context.At / (SlotMinutes * 60_000);
        if (slot != player.Slot)
        {
            if (player.SlotYield > 0)
            {
                var deviations = population.Yield.DeviationsOf(player.SlotYield);
                var narrow = player.Kills >= 20 && player.TopKills >= AnomalyLimits.NarrowShare * player.Kills;
                var rich = population.Yield.Count >= AnomalyLimits.MinBaseline
                    && deviations > (narrow ? AnomalyLimits.NarrowYieldDeviations : AnomalyLimits.YieldDeviations);
                player.RichSlots = rich ? player.RichSlots + 1 : 0;
                if (player.RichSlots >= AnomalyLimits.YieldRun)
                {
                    player.RichSlots = 0;
                    Tell(context, player, emit, Yield, deviations / AnomalyLimits.NarrowYieldDeviations, string.Create(
                        CultureInfo.InvariantCulture,
                        $"{player.SlotYield} gold in {SlotMinutes} min, {deviations:0.0} deviations above all; kills: {player.Kills}"));
                }

                population.Yield.Add(player.SlotYield);
            }

            (player.Slot, player.SlotYield, player.Kills, player.TopKills, player.TopTarget) = (slot, 0, 0, 0, 0);
        }

        switch (context.Action.Kind)
        {
            case ActionKind.Looted:
                player.AddLoot(context.Action.Amount!.Value);
                break;
            case ActionKind.Killed:
                player.CountKill(TextHash.Of(context.Action.Target!));
                break;
        }
    }

    private static void Tell(ActionContext context, PlayerMemory player, Emitter emit, string reason, double score, string detail)
    {
        var told = player.ToldAt.AsSpan()[Array.IndexOf(Reasons, reason)..];
        if (told[0] > 0 && context.At - told[0] < AnomalyLimits.Quiet)
        {
            return;
        }

        told[0] = context.At;
        var action = context.Action;
        emit.Alert(Alerts, new Alert(action.Player, reason, score, DateTimeOffset.FromUnixTimeMilliseconds(context.At), detail));
        emit.Count(AlertsByReason, reason);
        emit.Distinct(Suspects, context.PlayerHash);
    }

    /// <summary>What was done, in a byte: kind and skill or target.</summary>
    private static byte TokenOf(PlayerAction action) =>
        (byte)(((int)action.Kind * 7) ^ (int)(TextHash.Of(action.Skill ?? action.Item ?? action.Target ?? "") & 0xFF));

    /// <summary>How everybody of the bucket plays.</summary>
    private sealed class Population : Memory
    {
        public Baseline Rate { get; } = new(20_000, leastDeviation: 0.3);

        public Baseline Yield { get; } = new(5_000, leastDeviation: 0.5);

        public override void Write(ByteWriter writer)
        {
            Rate.Write(writer);
            Yield.Write(writer);
        }

        public override void Read(ref ByteReader reader)
        {
            Rate.Read(ref reader);
            Yield.Read(ref reader);
        }
    }
}
