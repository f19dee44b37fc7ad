namespace Game.Streaming.Kafka;

/// <summary>Turns items into records and back. Safe for concurrent use.</summary>
public interface IRecordCodec
{
    /// <exception cref="RecordCodecException">Not an item of this codec.</exception>
    StreamRecord Encode(string topic, string key, object item);

    /// <exception cref="RecordCodecException">The record cannot be understood, whatever it holds; no other exception.</exception>
    object Decode(ConsumedRecord record);
}
