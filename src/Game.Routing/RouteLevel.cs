namespace Game.Routing;

/// <summary>Which way messages of a class take now; higher numbers are lower levels.</summary>
public enum RouteLevel
{
    Primary,
    Fallback,
    Spool,
}
