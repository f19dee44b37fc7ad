namespace Game.Routing;

/// <summary>Where a message is when its sender has the answer.</summary>
public enum RouteOutcome
{
    /// <summary>It took its primary way.</summary>
    Delivered,

    /// <summary>It took the fallback, for good (a class that is not kept), or waits there for its primary way.</summary>
    FellBack,

    /// <summary>It is on disk here and goes on by itself.</summary>
    Spooled,

    /// <summary>Both ways are closed, and messages of its class are not kept. Counted.</summary>
    Dropped,
}
