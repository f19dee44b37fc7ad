namespace Game.Domain.Routing;

/// <summary>Tells the class of a message by its kind, words parted by dots, most general first. Pure.</summary>
public static class MessageClassifier
{
    /// <param name="kind">For example <c>combat.hit</c>, <c>guild.war.s01.scoreboard</c>, <c>action.skill-used</c>.</param>
    public static MessageClass Classify(string kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        var words = kind.Split('.', 3);
        return words[0] switch
        {
            "combat" => MessageClass.Combat,
            "movement" => MessageClass.Movement,
            "chat" => MessageClass.Chat,
            "guild" when words.Length > 1 && words[1] == "war" => MessageClass.GuildWar,
            "world" => MessageClass.World,
            "action" => MessageClass.Action,
            "metric" => MessageClass.Metric,
            "log" => MessageClass.Log,
            _ => MessageClass.Other,
        };
    }
}
