using Game.Streaming.Kafka;

namespace Game.Hosting.Streams;

/// <summary>Stops the start of a silo with every wrong option of a provider listed.</summary>
internal sealed class KafkaStreamOptionsValidator(KafkaStreamOptions options, string name) : IConfigurationValidator
{
    public void ValidateConfiguration()
    {
        var failures = options.Validate().ToList();
        if (failures.Count > 0)
        {
            throw new OrleansConfigurationException($"Kafka streams '{name}': {string.Join(" ", failures)}");
        }
    }
}
