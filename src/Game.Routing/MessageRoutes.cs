namespace Game.Routing;

/// <summary>The ways a process has; null: none of that kind.</summary>
public sealed record MessageRoutes
{
    /// <summary>Calls the grain that is concerned.</summary>
    public IMessageRoute? Direct { get; init; }

    /// <summary>The exchanges.</summary>
    public IMessageRoute? Broadcast { get; init; }

    /// <summary>The topics.</summary>
    public IMessageRoute? Stream { get; init; }

    /// <summary>Where messages of the topics wait while those are away: at the other broker.</summary>
    public IParkingPlace? BroadcastParking { get; init; }

    /// <summary>Where messages of the exchanges wait while those are away.</summary>
    public IParkingPlace? StreamParking { get; init; }
}
