using System.Globalization;
using Game.Contracts.Analytics;

namespace Game.Integration.Tests.Ledger;

/// <summary>How a metric is compared.</summary>
internal enum Measure
{
    Count,
    Different,
    Distribution,
}

/// <summary>One metric of a processor, with its dimension.</summary>
internal readonly record struct MetricLine(string Processor, string Metric, string Dimension, Measure Measure, bool DailyOnly = false);

/// <summary>
/// What one shard's windows must hold, by docs/analytics.md alone: counted here action by action, from what was sent. Nothing of the
/// product's analytics is used.
/// </summary>
internal sealed class ActionBook
{
    private static readonly TimeSpan Lateness = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan SessionPause = TimeSpan.FromMinutes(30);

    private static readonly (string Name, ActionKind[] Steps)[] Funnels =
    [
        ("onboarding", [ActionKind.LoggedIn, ActionKind.Killed, ActionKind.QuestCompleted, ActionKind.GuildJoined, ActionKind.Struck]),
        ("first-purchase", [ActionKind.LoggedIn, ActionKind.StoreViewed, ActionKind.Purchased]),
    ];

    private readonly Dictionary<string, DateTimeOffset> _newest = new(StringComparer.Ordinal);
    private readonly Dictionary<ScriptPlayer, PlayerState> _players = [];

    /// <summary>By metric, then by minute since 1970.</summary>
    public Dictionary<MetricLine, Dictionary<long, Tally>> Lines { get; } = [];

    public long Counted { get; private set; }

    public long Late { get; private set; }

    public long Repeated { get; private set; }

    public void Take(Sent sent)
    {
        if (sent.Fate == Fate.Repeated)
        {
            Repeated++;
        }
        else if (sent is { Fate: Fate.Counts, What: var (player, action) })
        {
            Count(player, action);
        }
    }

    /// <summary>Ends the sessions of those who have been silent for too long when the last action was sent.</summary>
    public void Close()
    {
        foreach (var (player, state) in _players)
        {
            if (state.Actions > 0 && _newest[player.Bucket] - Lateness - state.Last > SessionPause)
            {
                EndSession(state);
            }
        }
    }

    private void Count(ScriptPlayer player, PlayerAction action)
    {
        var newest = _newest.GetValueOrDefault(player.Bucket);
        var isLate = newest > default(DateTimeOffset) + Lateness && action.At < newest - Lateness;
        _newest[player.Bucket] = action.At > newest ? action.At : newest;
        Counted++;
        var at = MinuteOf(action.At);
        if (isLate)
        {
            Late++;
            Add("behaviour", "late_actions", "", at);
        }

        Add("behaviour", "actions", ActionScript.NameOf(action.Kind), at);

        // A war ends whether its players are there or not.
        if (action.Kind != ActionKind.WarEnded)
        {
            AddMember("behaviour", "active_players", "", at, player);
            AddMember("behaviour", "active_by_cohort", DayCohort(player, action.At), at, player, dailyOnly: true);
            AddMember("revenue", "active_players", "", at, player);
            AddMember("revenue", "players_by_cohort", MonthCohort(player), at, player, dailyOnly: true);
            CountSession(player, action);
        }

        CountBalance(player, action, at);
        CountRevenue(player, action, at);
    }

    private void CountSession(ScriptPlayer player, PlayerAction action)
    {
        if (!_players.TryGetValue(player, out var state))
        {
            _players.Add(player, state = new PlayerState());
        }

        if (state.Actions > 0 && action.At - state.Last > SessionPause)
        {
            EndSession(state);
        }

        if (state.Actions == 0)
        {
            (state.First, state.Last) = (action.At, action.At);
            Add("behaviour", "sessions", "", MinuteOf(action.At));
        }

        state.First = action.At < state.First ? action.At : state.First;
        state.Last = action.At > state.Last ? action.At : state.Last;
        state.Actions++;
        for (var i = 0; i < Funnels.Length; i++)
        {
            var (name, steps) = Funnels[i];
            if (state.Steps[i] < steps.Length && steps[state.Steps[i]] == action.Kind)
            {
                state.Steps[i]++;
                Add("behaviour", "funnel_steps", $"{name}:{state.Steps[i]}:{ActionScript.NameOf(action.Kind)}", MinuteOf(action.At));
            }
        }

        if (action.Kind == ActionKind.LoggedOut)
        {
            EndSession(state);
        }
    }

    private void EndSession(PlayerState state)
    {
        var at = MinuteOf(state.Last);
        Measured("behaviour", "session_seconds", "", at, (long)(state.Last - state.First).TotalSeconds);
        Measured("behaviour", "session_actions", "", at, state.Actions);
        state.Actions = 0;
    }

    private void CountBalance(ScriptPlayer player, PlayerAction action, long at)
    {
        var outcome = action.Outcome?.ToString().ToLowerInvariant();
        switch (action.Kind)
        {
            case ActionKind.SkillUsed:
                Add("balance", "skill_uses", action.Skill!, at);
                AddMember("balance", "skill_users", action.Skill!, at, player);
                if (action.Amount is { } damage)
                {
                    Measured("balance", "skill_damage", action.Skill!, at, damage);
                }

                break;
            case ActionKind.ItemUsed:
                Add("balance", "item_uses", action.Item!, at);
                AddMember("balance", "item_users", action.Item!, at, player);
                break;
            case ActionKind.Killed when action.Skill is not null:
                Add("balance", "skill_kills", action.Skill, at);
                break;
            case ActionKind.DuelEnded:
                if (action.Skill is not null)
                {
                    Add("balance", "skill_duels", $"{action.Skill}|{outcome}", at);
                }

                if (action.Item is not null)
                {
                    Add("balance", "item_duels", $"{action.Item}|{outcome}", at);
                }

                break;
            case ActionKind.WarEnded:
                Add("balance", "wars_ended", $"{action.Target}|{outcome}", at);
                Measured("balance", "war_points", action.Target!, at, action.Amount!.Value);
                break;
            case ActionKind.Struck:
                Measured("balance", "strike_points", "", at, action.Amount!.Value);
                break;
            case ActionKind.Looted:
                Measured("balance", "loot", "", at, action.Amount!.Value);
                break;
        }
    }

    private void CountRevenue(ScriptPlayer player, PlayerAction action, long at)
    {
        switch (action.Kind)
        {
            case ActionKind.SubscriptionEnded:
                Add("revenue", "subscriptions", $"{action.Product}|ended", at);
                return;
            case ActionKind.Refunded:
                CountMoney("refunds", player, action, at);
                return;
            case ActionKind.SubscriptionStarted:
                Add("revenue", "subscriptions", $"{action.Product}|started", at);
                break;
            case ActionKind.SubscriptionRenewed:
                Add("revenue", "subscriptions", $"{action.Product}|renewed", at);
                break;
            case ActionKind.Purchased:
                break;
            default:
                return;
        }

        CountMoney("gross", player, action, at);
        Add("revenue", "purchases", action.Product!, at);
        AddMember("revenue", "payers", "", at, player);
        AddMember("revenue", "payers", action.Currency!, at, player);
        AddMember("revenue", "payers_by_cohort", MonthCohort(player), at, player);
    }

    private void CountMoney(string total, ScriptPlayer player, PlayerAction action, long at)
    {
        var amount = action.Amount!.Value;
        Add("revenue", total, action.Currency!, at, amount);
        Add("revenue", $"{total}_by_product", $"{action.Currency}|{action.Product}", at, amount);
        Add("revenue", $"{total}_by_cohort", $"{action.Currency}|{MonthCohort(player)}", at, amount);
    }

    private void Add(string processor, string metric, string dimension, long minute, long by = 1) =>
        Of(new MetricLine(processor, metric, dimension, Measure.Count), minute).Add(by);

    private void Measured(string processor, string metric, string dimension, long minute, long value) =>
        Of(new MetricLine(processor, metric, dimension, Measure.Distribution), minute).Add(value);

    private void AddMember(string processor, string metric, string dimension, long minute, ScriptPlayer player, bool dailyOnly = false) =>
        Of(new MetricLine(processor, metric, dimension, Measure.Different, dailyOnly), minute).AddMember(player.Number);

    private Tally Of(MetricLine line, long minute)
    {
        if (!Lines.TryGetValue(line, out var minutes))
        {
            Lines.Add(line, minutes = []);
        }

        if (!minutes.TryGetValue(minute, out var tally))
        {
            minutes.Add(minute, tally = new Tally());
        }

        return tally;
    }

    private static long MinuteOf(DateTimeOffset at) => at.ToUnixTimeSeconds() / 60;

    private static string MonthCohort(ScriptPlayer player) => player.RegisteredAt.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    private static string DayCohort(ScriptPlayer player, DateTimeOffset at) => (at.UtcDateTime.Date - player.RegisteredAt.UtcDateTime.Date).Days > 31
        ? "older"
        : player.RegisteredAt.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private sealed class PlayerState
    {
        public DateTimeOffset First { get; set; }

        public DateTimeOffset Last { get; set; }

        public long Actions { get; set; }

        public int[] Steps { get; } = new int[Funnels.Length];
    }
}
