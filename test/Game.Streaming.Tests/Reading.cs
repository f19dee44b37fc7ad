using System.Text;
using Game.Streaming.Kafka;

namespace Game.Streaming.Tests;

internal static class Reading
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static string Text(this ConsumedRecord record) => Encoding.UTF8.GetString(record.Value.Span);

    /// <summary>Reads so many records, completing none.</summary>
    public static async Task<List<ConsumedRecord>> TakeAsync(this PartitionReader reader, int count)
    {
        var records = new List<ConsumedRecord>();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            while (records.Count < count)
            {
                records.AddRange(await reader.ReadAsync(patience.Token));
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{reader.Topic}/{reader.Partition}: {records.Count} of {count} records came; {reader.Status}");
        }

        return records;
    }

    /// <summary>Waits until the reader is where it should be.</summary>
    public static async Task WaitForAsync(this PartitionReader reader, Func<ReaderStatus, bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition(reader.Status))
        {
            Assert.False(patience.IsCancellationRequested, $"{reader.Topic}/{reader.Partition}: {reader.Status}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
