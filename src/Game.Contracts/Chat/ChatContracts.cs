namespace Game.Contracts.Chat;

/// <summary>
/// One chat channel as one shard holds it; key: <c>world</c>, <c>shard</c>, <c>guild:{guildId}</c> or, for each of two who
/// whisper, <c>whisper:{owner}:{other}</c>. A message is stored on its author's shard and reaches the other copies of the
/// channel over the bus. Keeps the newest 200.
/// </summary>
[Alias("game.IChatChannelGrain")]
public interface IChatChannelGrain : IGrainWithStringKey
{
    [Alias("Handle")]
    Task<Outcome<ChatMessage>> HandleAsync(ChatCommand command);

    /// <summary>Messages older than <paramref name="before"/> (exclusive; 0 = newest), newest first.</summary>
    [Alias("History"), ReadOnly]
    Task<IReadOnlyList<ChatMessage>> GetHistoryAsync(long before, int count);
}

/// <summary><paramref name="Sequence"/> orders the channel on one shard; other shards may order concurrent messages otherwise.</summary>
[GenerateSerializer, Immutable, Alias("game.chat.message")]
public sealed record ChatMessage(
    [property: Id(0)] long Sequence,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] string Author,
    [property: Id(3)] string AuthorName,
    [property: Id(4)] string Text);

[GenerateSerializer, Immutable, Alias("game.chat.command")]
public abstract record ChatCommand(string CommandId) : Command(CommandId);

/// <summary>
/// A player of this shard says something. Text: 1–500 characters. <paramref name="Shown"/>: the text as the word filter
/// leaves it, of the same length limit; null: as it is.
/// </summary>
[GenerateSerializer, Immutable, Alias("game.chat.post")]
public sealed record PostMessage(
    string CommandId,
    [property: Id(0)] string Author,
    [property: Id(1)] string AuthorName,
    [property: Id(2)] string Text,
    [property: Id(3), PerAttempt] string? Shown = null) : ChatCommand(CommandId);

/// <summary>A message of another shard arrives.</summary>
[GenerateSerializer, Immutable, Alias("game.chat.receive")]
public sealed record ReceiveMessage(
    string CommandId,
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] string Author,
    [property: Id(2)] string AuthorName,
    [property: Id(3)] string Text) : ChatCommand(CommandId);

/// <summary><paramref name="Local"/>: said on this shard, so the bus carries it to the others.</summary>
[GenerateSerializer, Immutable, Alias("chat.message-posted")]
public sealed record MessagePosted(
    DateTimeOffset At,
    [property: Id(0)] string Author,
    [property: Id(1)] string AuthorName,
    [property: Id(2)] string Text,
    [property: Id(3)] bool Local) : GameEvent(At);
