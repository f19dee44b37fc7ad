namespace Game.GeneratedPlay;

/// <summary>How a generated player plays: the label that detection is measured against.</summary>
public enum Conduct
{
    Honest,

    /// <summary>A script plays.</summary>
    Bot,

    /// <summary>Moves faster than feet carry, some of the time.</summary>
    Speeder,

    /// <summary>Works a place that pays many times over, again and again.</summary>
    Farmer,
}
