using Game.Contracts.Analytics;
using Game.Domain.Analytics.Encoding;

namespace Game.Domain.Analytics.Processors;

/// <summary>Who plays, what they do, for how long, how far they get, and whether they come back.</summary>
public sealed class BehaviourProcessor : Processor
{
    public const string Actions = "actions";
    public const string LateActions = "late_actions";
    public const string ActivePlayers = "active_players";
    public const string ActiveByCohort = "active_by_cohort";
    public const string Sessions = "sessions";
    public const string SessionSeconds = "session_seconds";
    public const string SessionActions = "session_actions";
    public const string FunnelSteps = "funnel_steps";

    /// <summary>The ways players go, each a row of steps. A step is told as <c>{funnel}:{step from 1}:{kind}</c>.</summary>
    public static IReadOnlyList<(string Name, IReadOnlyList<ActionKind> Steps)> Funnels { get; } =
    [
        ("onboarding", [ActionKind.LoggedIn, ActionKind.Killed, ActionKind.QuestCompleted, ActionKind.GuildJoined, ActionKind.Struck]),
        ("first-purchase", [ActionKind.LoggedIn, ActionKind.StoreViewed, ActionKind.Purchased]),
    ];

    private static readonly string[][] StepNames = [.. Funnels.Select(funnel => funnel.Steps
        .Select((kind, step) => StepName(funnel.Name, step, kind)).ToArray())];

    public override string Name => "behaviour";

    public override IReadOnlyList<MetricDefinition> Metrics { get; } =
    [
        new(Actions, MetricKind.Count, "actions", "Actions by kind.", "kind"),
        new(LateActions, MetricKind.Count, "actions", "Actions that the watermark had passed; they are in all other metrics too."),
        new(ActivePlayers, MetricKind.Distinct, "players", "Players who did anything."),
        new(ActiveByCohort, MetricKind.Distinct, "players", "The same by the day they registered.", "cohort", DailyOnly: true),
        new(Sessions, MetricKind.Count, "sessions", "Sessions begun."),
        new(SessionSeconds, MetricKind.Distribution, "s", "Length of sessions that ended, first to last action."),
        new(SessionActions, MetricKind.Distribution, "actions", "Actions of sessions that ended."),
        new(FunnelSteps, MetricKind.Count, "players", "Players who reached a step of a funnel, each once.", "step"),
    ];

    public static string StepName(string funnel, int step, ActionKind kind) => $"{funnel}:{step + 1}:{ActionRules.Name(kind)}";

    public override Memory NewPlayerMemory() => new Progress();

    public override void Process(ActionContext context, Emitter emit)
    {
        var action = context.Action;
        emit.Count(Actions, ActionRules.Name(action.Kind));
        if (context.IsLate)
        {
            emit.Count(LateActions);
        }

        if (context.Plays)
        {
            emit.Distinct(ActivePlayers, context.PlayerHash);
            emit.Distinct(ActiveByCohort, context.PlayerHash, Cohorts.Of(action.Player, context.At));
        }

        if (context.StartsSession)
        {
            emit.Count(Sessions);
        }

        var steps = ((Progress)context.Player!).Steps;
        for (var i = 0; i < steps.Length; i++)
        {
            var way = Funnels[i].Steps;
            if (steps[i] < way.Count && way[steps[i]] == action.Kind)
            {
                emit.Count(FunnelSteps, StepNames[i][steps[i]]);
                steps[i]++;
            }
        }
    }

    public override void EndSession(SessionSummary session, Emitter emit)
    {
        emit.Measure(SessionSeconds, (session.EndedAt - session.StartedAt) / 1000);
        emit.Measure(SessionActions, session.Actions);
    }

    /// <summary>How many steps of each funnel the player has taken.</summary>
    private sealed class Progress : Memory
    {
        public byte[] Steps { get; } = new byte[Funnels.Count];

        public override void Write(ByteWriter writer) => writer.WriteBytes(Steps);

        public override void Read(ref ByteReader reader) => reader.ReadBytes(Steps.Length).CopyTo(Steps);
    }
}
