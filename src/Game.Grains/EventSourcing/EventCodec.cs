using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Game.Contracts;
using Game.EventStore;

namespace Game.Grains.EventSourcing;

/// <summary>
/// Events as the store holds them: the alias of the type, its schema version and a JSON body. Immutable once built, safe
/// for concurrent use. Types are frozen by golden files; what changed its shape since is brought up by upcasters.
/// </summary>
public sealed class EventCodec
{
    private static readonly Lazy<EventCodec> Game = new(CreateForGame);

    private readonly FrozenDictionary<string, EventType> _byAlias;
    private readonly FrozenDictionary<Type, EventType> _byType;
    private readonly FrozenDictionary<(string Alias, int From), IEventUpcaster> _upcasters;

    /// <exception cref="ArgumentException">
    /// An event without an alias, an alias used twice, a gap in a chain of upcasters, or an upcaster that is never reached.
    /// </exception>
    public EventCodec(IEnumerable<Type> events, IEnumerable<IEventUpcaster> upcasters)
    {
        var types = events.Select(type => new EventType(
            type,
            type.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias ?? throw new ArgumentException($"{type} has no alias."),
            type.GetCustomAttribute<EventVersionAttribute>(inherit: false)?.Version ?? 1)).ToList();
        _byType = types.ToFrozenDictionary(type => type.Type);
        _byAlias = types.ToFrozenDictionary(type => type.Alias, StringComparer.Ordinal);
        _upcasters = upcasters.ToFrozenDictionary(upcaster => (upcaster.Alias, upcaster.FromVersion));
        foreach (var type in types)
        {
            for (var version = 1; version < type.Version; version++)
            {
                if (!_upcasters.ContainsKey((type.Alias, version)))
                {
                    throw new ArgumentException($"No upcaster brings {type.Alias} from version {version} to {version + 1}.");
                }
            }
        }

        foreach (var (alias, from) in _upcasters.Keys)
        {
            if (!_byAlias.TryGetValue(alias, out var type) || from < 1 || from >= type.Version)
            {
                throw new ArgumentException($"The upcaster of {alias} from version {from} is never used: there is no such event, or it is not that far.");
            }
        }
    }

    /// <summary>
    /// How events, commands and states are written as JSON. Strict in reading: what is stored is either understood to the
    /// last member or refused.
    /// </summary>
    public static JsonSerializerOptions Json { get; } = CreateOptions();

    /// <summary>All event types, by alias.</summary>
    public IReadOnlyDictionary<string, EventType> Types => _byAlias;

    /// <summary>The codec of every event in Game.Contracts, with every upcaster in Game.Grains: one for the whole process.</summary>
    public static EventCodec ForGame() => Game.Value;

    public string AliasOf(Type type) => _byType[type].Alias;

    /// <summary>The type behind an alias, or null.</summary>
    public Type? TypeOf(string alias) => _byAlias.TryGetValue(alias, out var type) ? type.Type : null;

    public EventData Encode(GameEvent fact)
    {
        var type = _byType[fact.GetType()];
        return new EventData(type.Alias, type.Version, JsonSerializer.SerializeToUtf8Bytes(fact, type.JsonType));
    }

    /// <exception cref="EventCodecException">Unknown alias, a newer version than this build knows, or a body that does not parse.</exception>
    public GameEvent Decode(StoredEvent stored) =>
        Decode(stored.Stream, stored.Position, stored.Type, stored.SchemaVersion, stored.Body);

    /// <inheritdoc cref="Decode(StoredEvent)"/>
    public GameEvent Decode(string stream, long position, string alias, int version, ReadOnlyMemory<byte> body)
    {
        if (!_byAlias.TryGetValue(alias, out var type))
        {
            throw new EventCodecException(
                $"Stream {stream}, position {position}: this build knows no event {alias} (version {version}).", null);
        }

        if (version < 1 || version > type.Version)
        {
            throw new EventCodecException(
                $"Stream {stream}, position {position}: event {alias} has version {version}, and this build knows versions 1 to {type.Version}.", null);
        }

        try
        {
            for (var from = version; from < type.Version; from++)
            {
                body = _upcasters[(alias, from)].Upcast(body);
            }

            return (GameEvent?)JsonSerializer.Deserialize(body.Span, type.JsonType) ?? throw new JsonException("The body is null.");
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // An upcaster meets a body it did not expect in its own way: whichever, the event cannot be read.
            throw new EventCodecException(
                $"Stream {stream}, position {position}: the body of event {alias} version {version} cannot be read: {exception.Message}", exception);
        }
    }

    private static EventCodec CreateForGame() => new(
        typeof(GameEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(GameEvent)) && !type.IsAbstract),
        typeof(EventCodec).Assembly.GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IEventUpcaster)))
            .Select(type => (IEventUpcaster)Activator.CreateInstance(type)!));

    private static JsonSerializerOptions CreateOptions()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            RespectRequiredConstructorParameters = true,
            RespectNullableAnnotations = true,
            AllowDuplicateProperties = false,
            NumberHandling = JsonNumberHandling.Strict,
            PropertyNameCaseInsensitive = false,
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}

/// <summary>A type of event: its name in the store and its present schema version.</summary>
public sealed record EventType(Type Type, string Alias, int Version)
{
    internal JsonTypeInfo JsonType { get; } = EventCodec.Json.GetTypeInfo(Type);
}

/// <summary>An event that this build cannot read. Nothing is skipped: the stream stays as it is until a build can.</summary>
public sealed class EventCodecException(string message, Exception? innerException) : Exception(message, innerException);
