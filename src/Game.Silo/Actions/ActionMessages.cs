using System.Globalization;
using System.Text.Json;
using Game.Contracts.Analytics;
using Game.Domain.Analytics;
using Game.Grains.EventSourcing;
using Game.Routing;

namespace Game.Silo.Actions;

/// <summary>Actions of a bucket as messages of the router: as many to a message as fit.</summary>
internal static class ActionMessages
{
    public const string Type = "game.analytics.actions";

    private const string Kind = "action.reported";

    private const int Brackets = 2;

    /// <remarks>
    /// A message that comes again comes right after itself: with no more sources of a player than a bucket remembers, all of it is
    /// known again.
    /// </remarks>
    /// <param name="bucket">The key: what has it keeps its order.</param>
    /// <param name="actions">In their order.</param>
    /// <param name="at">When they are sent.</param>
    public static IEnumerable<GameMessage> Of(string bucket, IReadOnlyList<PlayerAction> actions, DateTimeOffset at)
    {
        var parts = new List<byte[]>();
        var bytes = Brackets;
        var sources = new HashSet<(string Player, string Source)>();
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var action in actions)
        {
            var part = JsonSerializer.SerializeToUtf8Bytes(action, EventCodec.Json);
            var source = (action.Player, ActionRules.SourceOf(action.Id, out _).ToString());
            var full = !sources.Contains(source) && counts.GetValueOrDefault(action.Player) == ActionLimits.KnownSources;
            if (parts.Count > 0 && (full || bytes + part.Length + 1 > GameMessage.MaxBodyBytes))
            {
                yield return Message(bucket, parts, at);
                parts.Clear();
                sources.Clear();
                counts.Clear();
                bytes = Brackets;
            }

            if (sources.Add(source))
            {
                counts[action.Player] = counts.GetValueOrDefault(action.Player) + 1;
            }

            parts.Add(part);
            bytes += part.Length + 1;
        }

        if (parts.Count > 0)
        {
            yield return Message(bucket, parts, at);
        }
    }

    /// <exception cref="JsonException">The body holds no actions.</exception>
    public static IReadOnlyList<PlayerAction> Read(GameMessage message) =>
        JsonSerializer.Deserialize<List<PlayerAction>>(message.Body.Span, EventCodec.Json) ?? throw new JsonException("null is no list of actions.");

    private static GameMessage Message(string bucket, List<byte[]> parts, DateTimeOffset at)
    {
        using var body = new MemoryStream();
        body.WriteByte((byte)'[');
        for (var i = 0; i < parts.Count; i++)
        {
            if (i > 0)
            {
                body.WriteByte((byte)',');
            }

            body.Write(parts[i]);
        }

        body.WriteByte((byte)']');
        return new GameMessage(Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture), Kind, bucket, Type, 1, body.ToArray(), at);
    }
}
