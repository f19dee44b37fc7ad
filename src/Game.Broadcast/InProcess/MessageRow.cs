using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Game.Broadcast.InProcess;

/// <summary>A message as the bus's tables hold it: the columns that the log and the dead letters share.</summary>
internal static class MessageRow
{
    public const string Columns =
        "message_id, exchange, routing_key, source_shard, source_position, source_stream, type, schema_version, ttl_ticks, priority, trace_parent, body, chain, place, previous";

    public const string Parameters = "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15";

    /// <summary>From the first columns of a row, which are <see cref="Columns"/>.</summary>
    public static BroadcastMessage Read(SqliteDataReader reader) => new(
        reader.GetString(0),
        reader.GetString(1),
        reader.GetString(2),
        reader.GetString(3),
        reader.GetInt64(4),
        reader.GetString(5),
        reader.GetString(6),
        reader.GetInt32(7),
        reader.GetFieldValue<byte[]>(11),
        reader.IsDBNull(8) ? null : TimeSpan.FromTicks(reader.GetInt64(8)),
        reader.GetByte(9),
        reader.IsDBNull(10) ? null : reader.GetString(10),
        reader.IsDBNull(12) ? null : new MessageLink(reader.GetString(12), reader.GetInt64(13), reader.GetInt64(14)));

    public static void Set(SqliteCommand command, BroadcastMessage message)
    {
        command.Set("$1", message.Id);
        command.Set("$2", message.Exchange);
        command.Set("$3", message.RoutingKey);
        command.Set("$4", message.SourceShard);
        command.Set("$5", message.SourcePosition);
        command.Set("$6", message.SourceStream);
        command.Set("$7", message.Type);
        command.Set("$8", message.SchemaVersion);
        command.Set("$9", message.TimeToLive?.Ticks);
        command.Set("$10", message.Priority);
        command.Set("$11", message.TraceParent);
        command.Set(
            "$12",
            MemoryMarshal.TryGetArray(message.Body, out var segment) && segment.Array is { } array && array.Length == segment.Count
                ? array
                : message.Body.ToArray());
        command.Set("$13", message.Link?.Chain);
        command.Set("$14", message.Link?.Place);
        command.Set("$15", message.Link?.Previous);
    }
}
