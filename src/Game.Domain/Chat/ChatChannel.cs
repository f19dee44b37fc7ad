using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Game.Contracts;
using Game.Contracts.Chat;

namespace Game.Domain.Chat;

/// <summary>One shard's copy of a channel: its newest messages in the order they came to this shard.</summary>
public sealed record ChatChannel : IAggregate<ChatChannel, ChatCommand>
{
    public const int Capacity = 200;
    public const int MaxTextLength = 500;

    /// <summary>Oldest first.</summary>
    public ImmutableList<ChatMessage> Messages { get; init; } = [];

    public long Version { get; init; }

    [JsonIgnore]
    public ChatMessage? Newest => Messages.IsEmpty ? null : Messages[^1];

    public static ChatChannel Initial(string id) => new();

    /// <summary>Messages older than <paramref name="before"/> (exclusive; 0 = newest), newest first.</summary>
    public IReadOnlyList<ChatMessage> List(long before, int count) =>
        [.. Messages.Reverse().Where(message => before == 0 || message.Sequence < before).Take(count)];

    public Decision Decide(ChatCommand command, DateTimeOffset now) => command switch
    {
        PostMessage c => (CheckText(c.Text) ?? CheckText(c.Shown ?? c.Text)) is { } refusal
            ? refusal
            : new MessagePosted(now, c.Author, c.AuthorName, c.Shown ?? c.Text, Local: true),
        ReceiveMessage c => CheckText(c.Text) is { } refusal ? refusal : new MessagePosted(c.At, c.Author, c.AuthorName, c.Text, Local: false),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "A chat channel does not know this command."),
    };

    public ChatChannel Apply(GameEvent fact) => fact switch
    {
        MessagePosted e => this with
        {
            Version = Version + 1,
            Messages = Keep(Messages.Add(new ChatMessage(Version + 1, e.At, e.Author, e.AuthorName, e.Text))),
        },
        _ => throw new ArgumentOutOfRangeException(nameof(fact), fact, "A chat channel's stream does not hold this event."),
    };

    private static ImmutableList<ChatMessage> Keep(ImmutableList<ChatMessage> all) =>
        all.Count > Capacity ? all.RemoveRange(0, all.Count - Capacity) : all;

    private static Refusal? CheckText(string text) =>
        text.Length is < 1 or > MaxTextLength || text.Any(char.IsControl)
            ? Refusal.Invalid("text", $"1 to {MaxTextLength} characters, none of them control characters")
            : null;
}
