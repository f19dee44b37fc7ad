using System.Diagnostics.Metrics;
using Game.Broadcast.InProcess;
using Game.Broadcast.Suite;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Game.Broadcast.Tests;

/// <summary>What only the in-process bus does: its file, its memory, its clock.</summary>
public sealed class InProcessBusTests : IDisposable
{
    private readonly BusDirectory _directory = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task QueueBeyondItsWindow_IsReadFromTheFile_InOrderAndOnce()
    {
        await using var bus = _directory.Open(configure: options => options with { WindowMessages = 10 });
        await DeclareAsync(bus, "q", "#");
        for (var i = 0; i < 55; i++)
        {
            await bus.PublishAsync(Message($"{i}", "a"), Cancelled);
        }

        Assert.Equal(55, (await bus.GetDepthAsync("q", Cancelled)).Ready);
        var inbox = Inbox.Acknowledging();
        await using var consumer = await bus.ConsumeAsync("q", inbox.HandleAsync, Cancelled);
        for (var i = 55; i < 100; i++)
        {
            await bus.PublishAsync(Message($"{i}", "a"), Cancelled);
        }

        await inbox.WaitForAsync(100);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), inbox.Ids);
        await consumer.DisposeAsync();
        Assert.Equal(new QueueDepth(0, 0, 0), await bus.GetDepthAsync("q", Cancelled));
    }

    [Fact]
    public async Task ConsumedMessages_LeaveTheFile_AlsoIfAnotherQueueIsNeverConsumed()
    {
        await using (var bus = _directory.Open())
        {
            await DeclareAsync(bus, "dead", "dead");
            await DeclareAsync(bus, "live", "live");
            await bus.PublishAsync(Message("kept", "dead"), Cancelled);
            var inbox = Inbox.Acknowledging();
            await using var consumer = await bus.ConsumeAsync("live", inbox.HandleAsync, Cancelled);
            const int Count = 60_000;
            for (var i = 0; i < Count; i += 1000)
            {
                await Task.WhenAll(Enumerable.Range(i, 1000).Select(n => bus.PublishAsync(Message($"{n}", "live"), Cancelled).AsTask()));

                // The next sweep is at twice as many: a consumer that lagged behind this one would leave them for long.
                await inbox.WaitForAsync(i + 1000);
            }

            // The sweep takes a page after each commit.
            for (var i = 0; i < 50; i++)
            {
                await bus.PublishAsync(Message($"late {i}", "live"), Cancelled);
            }
        }

        Assert.InRange(Count("SELECT count(*) FROM message"), 1, 20_000);
        Assert.Equal(1, Count("SELECT count(*) FROM message WHERE message_id = 'kept'"));
        await using (var bus = _directory.Open())
        {
            Assert.Equal(1, (await bus.GetDepthAsync("dead", Cancelled)).Ready);
            Assert.Equal(0, (await bus.GetDepthAsync("live", Cancelled)).Ready);
        }
    }

    [Fact]
    public async Task BodyOfAMessage_IsStoredOnce_HoweverManyQueuesHoldIt()
    {
        await using (var bus = _directory.Open())
        {
            for (var i = 0; i < 100; i++)
            {
                await DeclareAsync(bus, $"q{i}", "#");
            }

            for (var i = 0; i < 100; i++)
            {
                await bus.PublishAsync(Message($"{i}", "a") with { Body = new byte[10_000] }, Cancelled);
            }
        }

        Assert.InRange(new FileInfo(_directory.File).Length, 1_000_000, 2_000_000);
    }

    [Fact]
    public async Task FileInUse_IsRefused_AndFreeAfterwards()
    {
        await using (_directory.Open())
        {
            var refusal = Assert.Throws<BroadcastException>(() => _directory.Open());
            Assert.Contains("in use", refusal.Message, StringComparison.Ordinal);
            Assert.Contains(_directory.File, refusal.Message, StringComparison.Ordinal);
        }

        await using var again = _directory.Open();
    }

    [Fact]
    public void FileThatIsNoBusFile_IsRefused_AndLeftAlone()
    {
        var text = new string('x', 5000);
        File.WriteAllText(_directory.File, text);
        Assert.Throws<BroadcastException>(() => _directory.Open());
        Assert.Equal(text, File.ReadAllText(_directory.File));

        File.Delete(_directory.File);
        Execute("CREATE TABLE other (id INTEGER)");
        Assert.Contains("not a bus file", Assert.Throws<BroadcastException>(() => _directory.Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FileOfANewerFormat_IsRefused()
    {
        await using (_directory.Open())
        {
        }

        Execute("PRAGMA user_version = 99");
        Assert.Contains("format 99", Assert.Throws<BroadcastException>(() => _directory.Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DisposedBus_RefusesEverything()
    {
        var bus = _directory.Open();
        await DeclareAsync(bus, "q", "#");
        await bus.DisposeAsync();
        await bus.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => bus.PublishAsync(Message("1", "a"), Cancelled).AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => DeclareAsync(bus, "r", "#"));
        await Assert.ThrowsAsync<ObjectDisposedException>(
            () => bus.ConsumeAsync("q", Inbox.Acknowledging().HandleAsync, Cancelled).AsTask());
    }

    [Fact]
    public async Task Redelivery_BacksOff_DoublingUpToTheLimit()
    {
        var clock = new HurriedClock();
        await using var bus = _directory.Open(
            clock,
            options => options with { RedeliveryDelay = TimeSpan.FromMilliseconds(100), MaxRedeliveryDelay = TimeSpan.FromSeconds(1) });
        await DeclareAsync(bus, "q", "#");
        var times = 0;
        var inbox = new Inbox(delivery =>
        {
            if (delivery.Message.Id == "again" && times++ < 6)
            {
                delivery.Postpone();
            }
            else
            {
                delivery.Ack();
            }
        });
        await using var consumer = await bus.ConsumeAsync("q", inbox.HandleAsync, Cancelled);
        await bus.PublishAsync(Message("again", "a"), Cancelled);
        await inbox.WaitForAsync(7);
        Assert.Equal([100, 200, 400, 800, 1000, 1000], clock.Delays.Select(delay => delay.TotalMilliseconds));
    }

    [Fact]
    public async Task TooManyUnconfirmed_FailsTheNext_AndThoseWaitingAreConfirmed()
    {
        await using var bus = _directory.Open(configure: options => options with { MaxUnconfirmed = 10 });
        await DeclareAsync(bus, "q", "#");
        var refused = 0;
        var confirms = new List<Task>();
        for (var i = 0; i < 5000; i++)
        {
            try
            {
                confirms.Add(bus.PublishAsync(Message($"{i}", "a"), Cancelled).AsTask());
            }
            catch (BroadcastException)
            {
                refused++;
            }
        }

        await Task.WhenAll(confirms);
        Assert.True(refused > 0);
        Assert.Equal(5000 - refused, (await bus.GetDepthAsync("q", Cancelled)).Ready);
        await bus.PublishAsync(Message("fits again", "a"), Cancelled);
    }

    [Fact]
    public async Task Metrics_CountWhatBecameOfEveryMessage()
    {
        var counted = new Dictionary<string, long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == BroadcastMetrics.MeterName)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            var queue = "";
            var outcome = "";
            foreach (var (name, tag) in tags)
            {
                queue = name == "queue" ? (string)tag! : queue;
                outcome = name == "outcome" ? (string)tag! : outcome;
            }

            // The meter is the process's; other tests run beside this one.
            if (queue == "metered")
            {
                lock (counted)
                {
                    var key = $"{instrument.Name} {outcome}";
                    counted[key] = counted.GetValueOrDefault(key) + value;
                }
            }
        });
        listener.Start();

        await using var bus = _directory.Open();
        await DeclareAsync(bus, "metered", "#");
        var inbox = new Inbox(delivery =>
        {
            if (delivery.Message.Id == "bad")
            {
                delivery.Reject("bad");
            }
            else if (delivery.Message.Id == "twice" && delivery.Attempt == 1)
            {
                delivery.Retry("once more");
            }
            else
            {
                delivery.Ack();
            }
        });
        var consumer = await bus.ConsumeAsync("metered", inbox.HandleAsync, Cancelled);
        foreach (var id in new[] { "bad", "twice", "good" })
        {
            await bus.PublishAsync(Message(id, "a"), Cancelled);
        }

        await inbox.WaitForAsync(4);
        await consumer.DisposeAsync();
        await bus.PublishAsync(Message("waiting", "a"), Cancelled);
        listener.RecordObservableInstruments();

        Assert.Equal(2, counted["broadcast.settled acknowledged"]);
        Assert.Equal(1, counted["broadcast.settled retried"]);
        Assert.Equal(1, counted["broadcast.settled dead_lettered"]);
        Assert.Equal(1, counted["broadcast.queue.ready "]);
        Assert.Equal(0, counted["broadcast.queue.unacknowledged "]);
        Assert.Equal(1, counted["broadcast.queue.dead_letters "]);
    }

    private static BroadcastMessage Message(string id, string key) =>
        new(id, Exchanges.Guild, key, "s01", 1, "guild/s01.1", "guild.test", 1, "{}"u8.ToArray());

    private static async Task DeclareAsync(InProcessBus bus, string queue, string pattern) =>
        await bus.DeclareQueueAsync(new QueueDeclaration(queue, [new QueueBinding(Exchanges.Guild, pattern)]), Cancelled);

    private long Count(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_directory.File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_directory.File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
