namespace Game.Integration.Tests.Ledger;

/// <summary>A player of the script and where it is in its session.</summary>
internal sealed class ScriptPlayer(string id, string shard, string bucket, int number, DateTimeOffset registeredAt)
{
    /// <summary>So few of a player's sources are begun within a session that the first is still known at its end.</summary>
    public const int MaxSources = 6;

    public string Id => id;

    public string Shard => shard;

    public string Bucket => bucket;

    /// <summary>Among the players of its shard, from 0.</summary>
    public int Number => number;

    public DateTimeOffset RegisteredAt => registeredAt;

    /// <summary>The session's name; null: not playing.</summary>
    public string? Session { get; set; }

    public int Sessions { get; set; }

    /// <summary>Number of the session's next action.</summary>
    public int Next { get; set; }

    /// <summary>Sources of actions begun since the session began, itself included.</summary>
    public int Sources { get; set; }

    public DateTimeOffset SessionBegan { get; set; }

    public DateTimeOffset LastAt { get; set; }

    public DateTimeOffset RestsUntil { get; set; }

    /// <summary>Whether the last session ended with a logout.</summary>
    public bool HasLeft { get; set; } = true;

    /// <summary>The newest record of the session that counted, and of what was paid.</summary>
    public Sent? Last { get; set; }
}
