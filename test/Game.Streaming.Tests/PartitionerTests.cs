using System.Text;
using Game.Streaming.Kafka;

namespace Game.Streaming.Tests;

public sealed class PartitionerTests(KafkaFixture broker)
{
    /// <summary>Values of org.apache.kafka.common.utils.UtilsTest.</summary>
    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    public void Hash_IsThatOfKafkasOwnClients(string key, int expected) =>
        Assert.Equal(expected, (int)Partitioner.Murmur2(Encoding.UTF8.GetBytes(key)));

    [Fact]
    public async Task RecordsWithoutPartition_GoWhereThePartitionerSays()
    {
        var topic = await broker.CreateTopicAsync(partitions: 5);
        await using var writer = topic.OpenWriter();
        for (var i = 0; i < 50; i++)
        {
            var key = $"player-{i}";
            var position = await writer.WriteAsync(topic.Record(key, "x"), TestContext.Current.CancellationToken);
            Assert.Equal(Partitioner.PartitionOf(Encoding.UTF8.GetBytes(key), 5), position.Partition);
        }
    }
}
