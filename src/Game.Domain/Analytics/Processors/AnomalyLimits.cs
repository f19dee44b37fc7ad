namespace Game.Domain.Analytics.Processors;

/// <summary>Where the detectors draw the line. docs/analytics.md says why, and what it costs in precision and recall.</summary>
public static class AnomalyLimits
{
    /// <summary>The fastest a player moves, m/s, with what the clock and place of a report may be off.</summary>
    public const double MaxSpeed = 12 * 1.25;

    /// <summary>Reports closer together than this say nothing about speed, ms.</summary>
    public const long MinStep = 500;

    /// <summary>Moves too fast less moves not too fast, counted from 0, that raise the alert.</summary>
    public const int SpeedRun = 5;

    /// <summary>Gaps between actions that are judged together.</summary>
    public const int GapBlock = 256;

    /// <summary>
    /// Root mean square of ln(gap ÷ usual gap after what was done before) of a block, below which it is regular. A cooldown makes
    /// people as regular as scripts in a fight, but not in what comes between.
    /// </summary>
    public const double RegularDeviation = 0.14;

    /// <summary>Share of actions of a block that the last two foretold, from which it is a loop.</summary>
    public const double LoopShare = 0.9;

    /// <summary>Blocks in a row that raise the alert.</summary>
    public const int RegularRun = 3;

    /// <summary>A gap that is a rest, ms.</summary>
    public const long Rest = 10_000;

    /// <summary>Play without a rest that raises the alert, ms.</summary>
    public const long Tireless = 3 * 60 * 60_000;

    /// <summary>Fewest actions of a minute that can be too many.</summary>
    public const int MinRate = 60;

    /// <summary>Standard deviations of ln(1 + actions a minute) above the population.</summary>
    public const double RateDeviations = 3.5;

    /// <summary>Standard deviations above the player's own minutes, if there were enough of them.</summary>
    public const double OwnRateDeviations = 3;

    /// <summary>Minutes in a row that raise the alert.</summary>
    public const int RateRun = 3;

    /// <summary>Standard deviations of ln(1 + gold looted in 10 min) above the population.</summary>
    public const double YieldDeviations = 3;

    /// <summary>The same, if nearly all kills were of one kind.</summary>
    public const double NarrowYieldDeviations = 2.5;

    /// <summary>Share of kills of one kind that is narrow.</summary>
    public const double NarrowShare = 0.9;

    /// <summary>What one loot may count of a slot's yield, in loots as usual for the player: luck is no sign.</summary>
    public const float LuckyLoot = 6;

    /// <summary>Slots of 10 min in a row that raise the alert.</summary>
    public const int YieldRun = 2;

    /// <summary>Observations before a baseline is believed.</summary>
    public const int MinBaseline = 200;

    /// <summary>A player is told of once for a reason in this time, ms.</summary>
    public const long Quiet = 24 * 60 * 60_000;
}
