namespace Game.Contracts.Analytics;

/// <summary>What a player did. The last group is told by servers alone. Names are frozen: they are stored and streamed.</summary>
public enum ActionKind
{
    /// <summary>Went to a place: <c>X</c>, <c>Y</c> in metres. Without them: a place unknown, as after a loading screen.</summary>
    Moved,

    /// <summary>Came to a place by other means than its feet.</summary>
    Teleported,

    /// <summary><c>Skill</c>; <c>Amount</c>: damage or healing, if any.</summary>
    SkillUsed,

    /// <summary><c>Item</c>.</summary>
    ItemUsed,

    /// <summary><c>Target</c>: the kind of monster; <c>Skill</c>, <c>Item</c>: with what.</summary>
    Killed,

    /// <summary><c>Amount</c>: worth in gold; <c>Target</c>: what was looted.</summary>
    Looted,

    /// <summary><c>Outcome</c>; <c>Skill</c>, <c>Item</c>: what was mainly used.</summary>
    DuelEnded,

    /// <summary><c>Target</c>: the quest.</summary>
    QuestCompleted,

    /// <summary><c>Product</c>, if one was looked at.</summary>
    StoreViewed,

    Registered,

    /// <summary><c>Session</c>.</summary>
    LoggedIn,

    /// <inheritdoc cref="LoggedIn"/>
    LoggedOut,

    /// <summary>A strike in a guild war: <c>Target</c>: the war, <c>Amount</c>: points.</summary>
    Struck,

    /// <summary><c>Target</c>: the guild.</summary>
    GuildJoined,

    /// <summary><c>Target</c>: the guild, <c>Amount</c>: gold.</summary>
    GuildDeposited,

    /// <summary>
    /// One for each guild, both told of the player who declared the war, who need not have played: <c>Outcome</c>, <c>Amount</c>:
    /// points, <c>Target</c>: attacker or defender.
    /// </summary>
    WarEnded,

    Chatted,

    /// <summary><c>Product</c>, <c>Amount</c> in minor units of <c>Currency</c>.</summary>
    Purchased,

    /// <inheritdoc cref="Purchased"/>
    SubscriptionStarted,

    /// <inheritdoc cref="Purchased"/>
    SubscriptionRenewed,

    /// <summary><c>Product</c>.</summary>
    SubscriptionEnded,

    /// <inheritdoc cref="Purchased"/>
    Refunded,
}

public enum ActionOutcome
{
    Won,
    Lost,
    Drawn,
}
