using System.Collections.Concurrent;

namespace Game.Broadcast.Tests;

/// <summary>
/// Publishers and an inbox that keep a ledger: each source sends its numbers in order and again from the first that was not confirmed, as
/// a shard's publisher does; the inbox takes what is next of each, and tells what was skipped.
/// </summary>
internal sealed class Sources(IBroadcastBus sender, string exchange, string key, int count, int messages)
{
    private readonly long[] _marks = new long[count];
    private readonly long[] _sent = new long[count];
    private readonly SemaphoreSlim _moved = new(0);

    /// <summary>Messages that came before what should have come before them.</summary>
    public ConcurrentQueue<string> Gaps { get; } = [];

    /// <summary>Publishes that were not confirmed, with what they said.</summary>
    public ConcurrentQueue<string> Failures { get; } = [];

    public long Confirmed => Sum(_sent);

    public long Received => Sum(_marks);

    public Task PublishAsync(CancellationToken cancellationToken) => Task.WhenAll(Enumerable.Range(0, count).Select(source => Task.Run(async () =>
    {
        for (var next = 1; next <= messages;)
        {
            try
            {
                await sender.PublishAsync(
                    new($"{source}/{next}", exchange, key, $"s{source:00}", next, "guild/x", "guild.test", 1, new byte[200]), cancellationToken);
                Interlocked.Exchange(ref _sent[source], next++);
            }
            catch (BroadcastException exception)
            {
                Failures.Enqueue(exception.Message);
                await Task.Delay(20, cancellationToken);
            }
        }
    })));

    public Task HandleAsync(IReadOnlyList<Delivery> batch, CancellationToken cancellationToken)
    {
        foreach (var delivery in batch)
        {
            var source = int.Parse(delivery.Message.SourceShard.AsSpan(1), null);
            var position = delivery.Message.SourcePosition;
            var mark = Interlocked.Read(ref _marks[source]);
            if (position > mark + 1)
            {
                Gaps.Enqueue($"{delivery.Message.Id} after {mark}");
            }

            Interlocked.Exchange(ref _marks[source], Math.Max(position, mark));
            delivery.Ack();
        }

        _moved.Release();
        return Task.CompletedTask;
    }

    /// <summary>Completes when so many have been received in all; fails after a minute without progress.</summary>
    public async Task ReceivedAsync(long goal)
    {
        while (Received < goal)
        {
            if (!await _moved.WaitAsync(TimeSpan.FromSeconds(60)))
            {
                throw new TimeoutException($"{Received} of {goal} messages have arrived.");
            }
        }
    }

    private static long Sum(long[] numbers)
    {
        var sum = 0L;
        for (var i = 0; i < numbers.Length; i++)
        {
            sum += Interlocked.Read(ref numbers[i]);
        }

        return sum;
    }
}
