using Game.Contracts.Analytics;

namespace Game.Domain.Analytics.Processors;

/// <summary>Whether skills, items and sides of wars are even: how much they are used, what they do, how often they win.</summary>
public sealed class BalanceProcessor : Processor
{
    public const string SkillUses = "skill_uses";
    public const string SkillUsers = "skill_users";
    public const string SkillDamage = "skill_damage";
    public const string SkillKills = "skill_kills";
    public const string SkillDuels = "skill_duels";
    public const string ItemUses = "item_uses";
    public const string ItemUsers = "item_users";
    public const string ItemDuels = "item_duels";
    public const string WarsEnded = "wars_ended";
    public const string WarPoints = "war_points";
    public const string StrikePoints = "strike_points";
    public const string Loot = "loot";

    /// <summary>Between a name and an outcome in a dimension; part of neither.</summary>
    public const char Separator = '|';

    private static readonly string[] Outcomes = ["won", "lost", "drawn"];

    public override string Name => "balance";

    public override IReadOnlyList<MetricDefinition> Metrics { get; } =
    [
        new(SkillUses, MetricKind.Count, "uses", "Uses of a skill.", "skill"),
        new(SkillUsers, MetricKind.Distinct, "players", "Players who used a skill.", "skill"),
        new(SkillDamage, MetricKind.Distribution, "points", "Damage or healing of a use, where it was told.", "skill"),
        new(SkillKills, MetricKind.Count, "kills", "Kills with a skill.", "skill"),
        new(SkillDuels, MetricKind.Count, "duels", "Duels by the skill mainly used and how they ended: won, lost, drawn.", "skill|outcome"),
        new(ItemUses, MetricKind.Count, "uses", "Uses of an item.", "item"),
        new(ItemUsers, MetricKind.Distinct, "players", "Players who used an item.", "item"),
        new(ItemDuels, MetricKind.Count, "duels", "Duels by the item mainly used and how they ended.", "item|outcome"),
        new(WarsEnded, MetricKind.Count, "wars", "Guild wars by side and how they ended for it: attacker|won …", "side|outcome"),
        new(WarPoints, MetricKind.Distribution, "points", "Points of a guild in a war, by side.", "side"),
        new(StrikePoints, MetricKind.Distribution, "points", "Points of a strike."),
        new(Loot, MetricKind.Distribution, "gold", "Worth of what was looted at once."),
    ];

    public override void Process(ActionContext context, Emitter emit)
    {
        var action = context.Action;
        switch (action.Kind)
        {
            case ActionKind.SkillUsed:
                emit.Count(SkillUses, action.Skill!);
                emit.Distinct(SkillUsers, context.PlayerHash, action.Skill!);
                if (action.Amount is { } damage)
                {
                    emit.Measure(SkillDamage, damage, action.Skill!);
                }

                break;
            case ActionKind.ItemUsed:
                emit.Count(ItemUses, action.Item!);
                emit.Distinct(ItemUsers, context.PlayerHash, action.Item!);
                break;
            case ActionKind.Killed when action.Skill is { } skill:
                emit.Count(SkillKills, skill);
                break;
            case ActionKind.DuelEnded:
                CountOutcome(emit, SkillDuels, action.Skill, action.Outcome!.Value);
                CountOutcome(emit, ItemDuels, action.Item, action.Outcome!.Value);
                break;
            case ActionKind.WarEnded when action.Target is { } side:
                CountOutcome(emit, WarsEnded, side, action.Outcome!.Value);
                emit.Measure(WarPoints, action.Amount ?? 0, side);
                break;
            case ActionKind.Struck:
                emit.Measure(StrikePoints, action.Amount ?? 0);
                break;
            case ActionKind.Looted:
                emit.Measure(Loot, action.Amount!.Value);
                break;
        }
    }

    private static void CountOutcome(Emitter emit, string name, string? of, ActionOutcome outcome)
    {
        if (of is not null)
        {
            emit.Count(name, $"{of}{Separator}{Outcomes[(int)outcome]}");
        }
    }
}
