using Game.Contracts.Analytics;
using Game.Domain.Analytics;
using Game.Streaming.Kafka;

namespace Game.Grains.Streams;

/// <summary>
/// Records of player actions, whoever wrote them: what cannot be an action is refused with the field and its limit, and so becomes a
/// dead letter. It goes by the record alone, so that reading a topic again gives the same. Safe for concurrent use.
/// </summary>
/// <param name="codec">Understands the bytes.</param>
public sealed class PlayerActionCodec(IRecordCodec codec) : IRecordCodec
{
    public StreamRecord Encode(string topic, string key, object item) => codec.Encode(topic, key, item);

    public object Decode(ConsumedRecord record)
    {
        var item = codec.Decode(record);
        if (item is not PlayerAction action)
        {
            throw new RecordCodecException($"{record.Place}: the topic carries player actions, not {item.GetType().Name}.");
        }

        return (ActionRules.CheckForm(action) ?? ActionRules.CheckRecordedTime(action, record.Time)) is { } refusal
            ? throw new RecordCodecException($"{record.Place}: {refusal.Detail}")
            : action;
    }
}
