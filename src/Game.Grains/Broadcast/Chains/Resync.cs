using System.Globalization;
using System.Text.Json;
using Game.Broadcast;
using Game.Grains.EventSourcing;

namespace Game.Grains.Broadcast.Chains;

/// <summary>
/// What shards say to each other about their messages, on an exchange of its own: asks go to a source's transient queue, answers to
/// the receiver behind what it was sent. Losing one costs time only.
/// </summary>
public static class Resync
{
    /// <summary>Body: <see cref="HeardSoFar"/>.</summary>
    public const string HeardType = "resync.heard";

    /// <summary>Body: <see cref="ResendFrom"/>.</summary>
    public const string ResendType = "resync.resend";

    /// <summary>No body: a shard wants to follow another one from now on.</summary>
    public const string HelloType = "resync.hello";

    /// <summary>Body: <see cref="HeardSoFar"/>, of what was sent.</summary>
    public const string WelcomeType = "resync.welcome";

    /// <summary>Body: <see cref="SentSoFar"/>.</summary>
    public const string SentType = "resync.sent";

    /// <summary>How often a shard tells a source what it has heard, if it has heard anything since.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>How often it tells one that has long been quiet: with 100 shards there are 9,900 to tell.</summary>
    public static readonly TimeSpan MaxInterval = TimeSpan.FromMinutes(4);

    private static readonly TimeSpan AskLifetime = TimeSpan.FromMinutes(1);

    private const string AskPrefix = "ask.";

    /// <summary>What a shard is asked by others.</summary>
    public static QueueBinding AskBindingOf(string shard) => new(Exchanges.Resync, $"{AskPrefix}{shard}");

    /// <summary>The cursor that says, if it is not 0, that a shard follows a source: from then on nothing is missed unseen.</summary>
    public static string KnownCursorOf(string source) => $"inbox-known/{source}";

    /// <summary>What is meant for one shard alone of a route.</summary>
    public static QueueBinding BindingOf(string route, string shard) => new(Exchanges.Resync, KeyOf(route, shard));

    /// <summary>The routing key of what is meant for one shard alone of a route.</summary>
    public static string KeyOf(string route, string shard) => $"to.{route}.{shard}";

    /// <summary>Whether a message is for the source it has come to, and not for the inbox.</summary>
    public static bool IsAsk(BroadcastMessage message) =>
        message.Exchange == Exchanges.Resync && message.RoutingKey.StartsWith(AskPrefix, StringComparison.Ordinal);

    /// <summary>The route a message has come over; null: none.</summary>
    public static string? RouteOf(BroadcastMessage message, string shard) => message.Exchange == Exchanges.Resync
        ? BroadcastRoutes.All.FirstOrDefault(route => message.RoutingKey == KeyOf(route, shard))
        : message.Exchange;

    internal static BroadcastMessage Heard(string receiver, string source, HeardSoFar body, long number) =>
        Ask(receiver, source, HeardType, body, number);

    internal static BroadcastMessage Hello(string receiver, string source, long number) => Ask(receiver, source, HelloType, new { }, number);

    internal static BroadcastMessage Welcome(string source, string receiver, HeardSoFar body, long number) =>
        Ask(source, receiver, WelcomeType, body, number);

    internal static BroadcastMessage Resend(string receiver, string source, ResendFrom body, long number) =>
        Ask(receiver, source, ResendType, body, number);

    /// <summary>Tells a shard up to where a chain has been sent, behind everything that is on its way to it.</summary>
    internal static BroadcastMessage Sent(string source, string route, string receiver, string chain, long place, long number) => new(
        IdOf(source, number),
        Exchanges.Resync,
        KeyOf(route, receiver),
        source,
        ChainPlace.PositionOf(place),
        StreamOf(source),
        SentType,
        1,
        JsonSerializer.SerializeToUtf8Bytes(new SentSoFar(chain, place), EventCodec.Json));

    /// <exception cref="EventCodecException">The body cannot be read as that.</exception>
    internal static T Read<T>(BroadcastMessage message)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(message.Body.Span, EventCodec.Json) ?? throw new JsonException("The body is null.");
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            throw new EventCodecException($"The body of {message.Type} cannot be read: {exception.Message}", exception);
        }
    }

    private static BroadcastMessage Ask<T>(string from, string to, string type, T body, long number) => new(
        IdOf(from, number),
        Exchanges.Resync,
        $"{AskPrefix}{to}",
        from,
        0,
        StreamOf(from),
        type,
        1,
        JsonSerializer.SerializeToUtf8Bytes(body, EventCodec.Json),
        AskLifetime);

    private static string IdOf(string shard, long number) => string.Create(CultureInfo.InvariantCulture, $"{shard}/resync/{number}");

    private static string StreamOf(string shard) => $"resync/{shard}";
}

/// <summary>What a shard has heard of the source it tells this: a mark for each chain of each route.</summary>
public sealed record HeardSoFar(IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> Marks);

/// <summary>What comes after a place of a chain is missing.</summary>
public sealed record ResendFrom(string Route, string Chain, long Place);

/// <summary>Everything up to a place of a chain has been sent.</summary>
public sealed record SentSoFar(string Chain, long Place);
