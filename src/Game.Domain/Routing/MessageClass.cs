namespace Game.Domain.Routing;

/// <summary>What a message is about; decides which way it takes.</summary>
public enum MessageClass
{
    Other,
    Combat,
    Movement,
    Chat,
    GuildWar,
    World,
    Action,
    Metric,
    Log,
}
