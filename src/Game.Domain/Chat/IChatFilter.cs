namespace Game.Domain.Chat;

/// <summary>
/// What becomes of a text before it is stored and told to anybody. Runs on the author's shard, once a message: other shards
/// and the history show what it left. Pure and safe for concurrent use; it must not make a text longer.
/// </summary>
public interface IChatFilter
{
    string Apply(string text);
}
