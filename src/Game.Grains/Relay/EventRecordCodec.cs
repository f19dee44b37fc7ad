using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Game.EventStore;
using Game.Grains.EventSourcing;
using Game.Streaming.Kafka;

namespace Game.Grains.Relay;

/// <summary>Events of a log as records of a topic and back, with every byte of their bodies. Safe for concurrent use.</summary>
/// <param name="topic">The topic.</param>
/// <param name="seal">Seals what is private (<see cref="StreamName.IsPrivate"/>); null: such bodies cannot be written or read.</param>
public sealed class EventRecordCodec(string topic, BodySeal? seal)
{
    /// <summary>What records of the topic are, in their header.</summary>
    public const string Alias = "game.event";

    private readonly JsonRecordCodec _codec = new([new RecordType(typeof(EventRecord), Alias)], Json);

    public string Topic => topic;

    /// <summary>How records are written: strict, so that a record is understood whole or refused.</summary>
    public static JsonSerializerOptions Json { get; } = CreateOptions();

    /// <summary>Tells an event from every other one of the game, and is the same each time it is written.</summary>
    public static string IdOf(string shard, long position) => $"{shard}/{position}";

    /// <exception cref="RecordCodecException">The event is private, and there is no key to seal it with.</exception>
    public StreamRecord Encode(string shard, LoggedEvent logged)
    {
        var (stored, command) = logged;
        var record = new EventRecord(
            IdOf(shard, stored.Position),
            shard,
            stored.Position,
            stored.Stream,
            stored.Version,
            stored.Type,
            stored.SchemaVersion,
            stored.At,
            stored.CommandId,
            command.Fingerprint,
            command.FirstVersion,
            command.LastVersion);
        record = !StreamName.IsPrivate(stored.Stream) ? record with { Body = new RawJson(stored.Body) }
            : seal is not null ? record with { Sealed = seal.Seal(stored.Body.Span, PlaceOf(record)) }
            : throw new RecordCodecException($"{record.Id}: stream {stored.Stream} is private, and there is no key to seal it with.");
        var encoded = _codec.Encode(topic, stored.Stream, record);
        return encoded with { Headers = [.. encoded.Headers, new RecordHeader(RecordHeaders.Id, record.Id)] };
    }

    /// <summary>A record as it is, its body perhaps sealed.</summary>
    /// <exception cref="RecordCodecException">The record cannot be understood; the message says why.</exception>
    public EventRecord Read(ConsumedRecord consumed)
    {
        var record = (EventRecord)_codec.Decode(consumed);
        if (record.Id != IdOf(record.Shard, record.Position) || record.Stream != consumed.KeyText || record.Position < 1
            || record.Version < record.First || record.Version > record.Last || record.First < 1)
        {
            throw new RecordCodecException($"{consumed.Place}: the record contradicts itself.");
        }

        return record;
    }

    /// <exception cref="RecordCodecException">The record cannot be understood or opened; the message says why.</exception>
    public (string Shard, LoggedEvent Event) Decode(ConsumedRecord consumed)
    {
        var record = Read(consumed);
        var stored = new StoredEvent(
            record.Position,
            record.Stream,
            record.Version,
            record.Command,
            record.At,
            record.Type,
            record.Schema,
            record.Body?.Utf8 ?? Open(record, consumed.Place));
        return (record.Shard, new LoggedEvent(stored, new CommandRecord(record.Command, record.Fingerprint, record.First, record.Last)));
    }

    private static JsonSerializerOptions CreateOptions()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            RespectRequiredConstructorParameters = true,
            RespectNullableAnnotations = true,
            PropertyNameCaseInsensitive = false,
            NumberHandling = JsonNumberHandling.Strict,
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private ReadOnlyMemory<byte> Open(EventRecord record, string place)
    {
        if (record.Sealed is not { } body)
        {
            throw new RecordCodecException($"{place}: the record has no body.");
        }

        try
        {
            return seal?.Open(body, PlaceOf(record)) ?? throw new RecordCodecException(
                $"{place}: stream {record.Stream} is private, sealed with key {BodySeal.KeyIdOf(body)}; that key is needed to read it.");
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException)
        {
            throw new RecordCodecException(
                $"{place}: stream {record.Stream} is private and cannot be opened with key {seal!.KeyId}; it is another's, or was changed.", exception);
        }
    }

    private static string PlaceOf(EventRecord record) => $"{record.Id}/{record.Stream}/{record.Version}";
}
