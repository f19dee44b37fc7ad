namespace Game.Gateway.Tests.Authorization;

/// <summary>Who tries.</summary>
public enum Persona
{
    /// <summary>No token.</summary>
    Nobody,

    /// <summary>A token that is none.</summary>
    Garbage,

    /// <summary>A token signed with another key.</summary>
    Forged,

    /// <summary>A token whose time is over.</summary>
    Expired,

    /// <summary>A token whose session was logged out.</summary>
    Revoked,

    /// <summary>A player without a guild.</summary>
    Stranger,

    /// <summary>Leader of another guild.</summary>
    Rival,
    Member,
    Officer,
    Leader,
}
