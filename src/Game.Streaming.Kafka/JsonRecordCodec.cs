using System.Collections.Frozen;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Game.Streaming.Kafka;

/// <summary>
/// Items as JSON, with alias and schema version of their type in the headers <see cref="RecordHeaders.Type"/> and
/// <see cref="RecordHeaders.Version"/>. A version other than this build's is refused.
/// </summary>
public sealed class JsonRecordCodec : IRecordCodec
{
    private readonly FrozenDictionary<Type, RecordType> _byType;
    private readonly FrozenDictionary<string, RecordType> _byAlias;
    private readonly JsonSerializerOptions _json;

    /// <exception cref="ArgumentException">A type or an alias is given twice.</exception>
    public JsonRecordCodec(IEnumerable<RecordType> types, JsonSerializerOptions json)
    {
        var all = types.ToList();
        _byType = all.ToFrozenDictionary(type => type.Type);
        _byAlias = all.ToFrozenDictionary(type => type.Alias, StringComparer.Ordinal);
        _json = json;
    }

    public StreamRecord Encode(string topic, string key, object item)
    {
        if (!_byType.TryGetValue(item.GetType(), out var type))
        {
            throw new RecordCodecException($"{topic} carries no {item.GetType()}.");
        }

        var version = type.Version.ToString(CultureInfo.InvariantCulture);
        List<RecordHeader> headers = [new(RecordHeaders.Type, type.Alias), new(RecordHeaders.Version, version)];
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } trace })
        {
            headers.Add(new RecordHeader(RecordHeaders.TraceParent, trace));
        }

        return new StreamRecord(topic, key, JsonSerializer.SerializeToUtf8Bytes(item, type.Type, _json)) { Headers = headers };
    }

    public object Decode(ConsumedRecord record)
    {
        if (record.Header(RecordHeaders.Type) is not { } alias || !_byAlias.TryGetValue(alias, out var type))
        {
            throw new RecordCodecException(record.Header(RecordHeaders.Type) is { } unknown
                ? $"{record.Place}: this build knows no type {unknown}."
                : $"{record.Place}: the record has no header {RecordHeaders.Type}.");
        }

        if (record.Header(RecordHeaders.Version) != type.Version.ToString(CultureInfo.InvariantCulture))
        {
            throw new RecordCodecException(
                $"{record.Place}: {alias} has version '{record.Header(RecordHeaders.Version)}', this build knows version {type.Version}.");
        }

        try
        {
            return JsonSerializer.Deserialize(record.Value.Span, type.Type, _json)
                ?? throw new RecordCodecException($"{record.Place}: the body is null.");
        }
        catch (Exception exception) when (exception is not (RecordCodecException or OutOfMemoryException))
        {
            // Converters and constructors refuse what they do not like in their own ways.
            throw new RecordCodecException($"{record.Place}: the body of {alias} cannot be read: {exception.GetType().Name}.", exception);
        }
    }
}
