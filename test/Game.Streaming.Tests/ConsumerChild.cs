using Game.Streaming.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Streaming.Tests;

/// <summary>
/// Consumes partition 0 and says on its standard output, a line each, which record had its effect, before completing it. Ends
/// only by being killed.
/// </summary>
internal static class ConsumerChild
{
    public const string Argument = "consumer-child";

    public static async Task<int> RunAsync(string brokers, string topic, string group)
    {
        await using var reader = PartitionReader.Start(
            new KafkaOptions { BootstrapServers = brokers },
            new PartitionReaderOptions
            {
                Topic = topic,
                Partition = 0,
                Group = group,
                BatchRecords = 20,
                CommitInterval = TimeSpan.FromMilliseconds(50),
            },
            TimeProvider.System,
            NullLogger<PartitionReader>.Instance);
        await using var output = Console.OpenStandardOutput();
        while (true)
        {
            foreach (var record in await reader.ReadAsync())
            {
                await output.WriteAsync(System.Text.Encoding.UTF8.GetBytes(record.Text() + "\n"));
                reader.Complete(record);

                // Slow enough to be killed in the middle.
                await Task.Delay(1);
            }
        }
    }
}
