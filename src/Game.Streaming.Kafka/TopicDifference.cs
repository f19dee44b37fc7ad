namespace Game.Streaming.Kafka;

/// <summary>A setting of a topic that is not as it is wanted.</summary>
public sealed record TopicDifference(string Topic, string Setting, string Wanted, string Found)
{
    public override string ToString() => $"Topic {Topic}: {Setting} is {Found}, the settings say {Wanted}.";
}
