using Game.Streaming.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Streaming.Tests;

public sealed class DeadLetterShelfTests(KafkaFixture broker)
{
    private const int Letters = 6;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Letters_AreListedWholeAndInPages_UntilTheyAreSettled_InAnyOrder()
    {
        var topic = await broker.CreateTopicAsync(partitions: 3);
        await using var writer = topic.OpenWriter();
        await PutAsideAsync(topic, writer);
        var shelf = Shelf(topic, writer);
        Assert.Equal(Letters, await shelf.CountAsync(Cancelled));
        Assert.Equal([1, 2, 3, 4, 5, 6], await IdsAsync(shelf));
        Assert.Equal([3, 4], (await shelf.ListAsync(2, 2, Cancelled)).Select(letter => letter.Id));
        var found = await shelf.FindAsync(4, Cancelled);
        Assert.Equal(("k", "3", "reason 3"), (found!.KeyText, found.Text(), found.Header(RecordHeaders.DeadLetterReason)));

        // In any order; another process knows of it too.
        var other = Shelf(topic, writer);
        Assert.Equal(Letters, await other.CountAsync(Cancelled));
        foreach (var id in (long[])[5, 2, 1])
        {
            Assert.True(await shelf.DiscardAsync(id, Cancelled));
            Assert.False(await shelf.DiscardAsync(id, Cancelled));
            Assert.False(await shelf.ReplayAsync(id, Cancelled));
        }

        foreach (var now in (DeadLetterShelf[])[shelf, other, Shelf(topic, writer)])
        {
            Assert.Equal([3, 4, 6], await IdsAsync(now));
            Assert.Equal(3, await now.CountAsync(Cancelled));
        }

        // What says that a letter is settled is none itself.
        Assert.False(await shelf.DiscardAsync(7, Cancelled));
        Assert.Equal([6], (await shelf.ListAsync(4, 10, Cancelled)).Select(letter => letter.Id));
        Assert.Null(await shelf.FindAsync(0, Cancelled));
    }

    [Fact]
    public async Task LetterThatIsReplayed_IsWrittenWhereItCameFrom_AsItWas()
    {
        var topic = await broker.CreateTopicAsync(partitions: 3);
        await using var writer = topic.OpenWriter();
        await PutAsideAsync(topic, writer);
        var shelf = Shelf(topic, writer);
        Assert.True(await shelf.ReplayAsync(3, Cancelled));
        Assert.False(await shelf.ReplayAsync(3, Cancelled));
        Assert.Equal([1, 2, 4, 5, 6], await IdsAsync(shelf));

        await using var reader = topic.Read(2);
        var again = (await reader.TakeAsync(Letters + 1))[^1];
        Assert.Equal(("k", "2", "elsewhere"), (again.KeyText, again.Text(), again.Header("origin")));
        Assert.Null(again.Header(RecordHeaders.DeadLetterReason));
        Assert.Null(again.Header(RecordHeaders.DeadLetterSource));
    }

    private static async Task<IEnumerable<long>> IdsAsync(DeadLetterShelf shelf) =>
        (await shelf.ListAsync(0, 100, Cancelled)).Select(letter => letter.Id);

    private static DeadLetterShelf Shelf(Topic topic, RecordWriter writer) => new(
        topic.Kafka, writer, topic.Name, TimeProvider.System, NullLogger<PartitionReader>.Instance);

    /// <summary>All of partition 2.</summary>
    private static async Task PutAsideAsync(Topic topic, RecordWriter writer)
    {
        for (var i = 0; i < Letters; i++)
        {
            await writer.WriteAsync(topic.Record("k", $"{i}") with { Partition = 2, Headers = [new("origin", "elsewhere")] }, Cancelled);
        }

        var letters = new DeadLetters(writer, TimeProvider.System, NullLogger<DeadLetters>.Instance);
        await using var reader = topic.Read(2, group: null);
        foreach (var record in await reader.TakeAsync(Letters))
        {
            await letters.PutAsync(record, $"reason {record.Text()}", Cancelled);
        }
    }
}
