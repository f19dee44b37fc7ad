using System.Text;
using System.Text.Json;
using Game.GrainModel.Conformance;
using Game.Streaming.Kafka;

namespace Game.Streaming.Host.Tests.Suite;

/// <summary>
/// What streams over Kafka do on every host: at least once, in order, nothing committed before it is handled or put aside. The topic is
/// made anew for each test; silos start and stop within it.
/// </summary>
public abstract class KafkaStreamSuite(KafkaFixture broker) : IAsyncLifetime
{
    private const string Provider = "kafka";
    private const int Partitions = 2;

    private readonly string _scope = $"t{Guid.NewGuid():N}";
    private readonly List<IStreamingHost> _hosts = [];
    private Topic? _topic;
    private RecordWriter? _writer;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private RecordWriter Writer => _writer!;

    private Topic Topic => _topic!;

    protected abstract ValueTask<IStreamingHost> StartAsync(string provider, StreamingSettings settings);

    public async ValueTask InitializeAsync()
    {
        var server = await broker.GetAsync();
        var spec = new TopicSpec(HappeningGrain.Topic, Partitions, 1, TimeSpan.FromDays(1));
        _topic = new Topic(new KafkaOptions { BootstrapServers = server.BootstrapServers }, spec);
        await _topic.DeleteIfThereAsync(spec.Name);
        await _topic.DeleteIfThereAsync(spec.DeadLetters().Name);

        await _topic.CreateAsync();
        _writer = _topic.OpenWriter(new RecordWriterOptions { Linger = TimeSpan.FromMilliseconds(1) });
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }

        if (_writer is not null)
        {
            await _writer.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Events_GoToTheGrainOfTheirKey_InOrder_AndInBatches()
    {
        var host = await StartAsync();
        string[] keys = [.. Enumerable.Range(0, 6).Select(i => Key($"k{i}"))];
        await Task.WhenAll(keys.Select(async key =>
        {
            var stream = Stream(host, key);
            await stream.OnNextAsync(new Happening(0));
            await stream.OnNextBatchAsync(Enumerable.Range(1, 98).Select(i => new Happening(i)));
            await stream.OnNextAsync(new Happening(99));
        }));
        foreach (var key in keys)
        {
            await NumbersAsync(key, 100);
            Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), Numbers(key));
        }

        var batches = keys.SelectMany(key => Journal.Of(key).Entries).Where(entry => entry.StartsWith("batch of", StringComparison.Ordinal));
        Assert.Contains(batches, batch => batch != "batch of 1");
        await CommittedAsync(600);
    }

    [Fact]
    public async Task WhatIsProduced_IsDurable_BeforeAnybodyConsumes()
    {
        var producer = await StartAsync(options => options.Consume = false);
        await Stream(producer).OnNextBatchAsync(Enumerable.Range(0, 10).Select(i => new Happening(i)));
        await producer.KillAsync();
        Assert.Empty(Journal.Of(Key()).Entries);

        await StartAsync();
        await NumbersAsync(Key(), 10);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i}"), Numbers(Key()));
    }

    [Fact]
    public async Task Restart_GoesOnWhereTheSiloStopped_AndRepeatsNothing()
    {
        // Committed by nothing but the shutdown.
        var first = await StartAsync(options => options.CommitInterval = TimeSpan.FromHours(1));
        await Stream(first).OnNextBatchAsync(Enumerable.Range(0, 20).Select(i => new Happening(i)));
        await NumbersAsync(Key(), 20);
        await first.StopAsync();

        var second = await StartAsync();
        await Stream(second).OnNextBatchAsync(Enumerable.Range(20, 5).Select(i => new Happening(i)));
        await NumbersAsync(Key(), 25);
        await CommittedAsync(25);
        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"{i}"), Numbers(Key()));
    }

    [Fact]
    public async Task SiloThatDies_LosesNothing_AndRepeatsOnly()
    {
        var first = await StartAsync(options => options.CommitInterval = TimeSpan.FromHours(1));
        await Stream(first).OnNextBatchAsync(Enumerable.Range(0, 200).Select(i => new Happening(i)));
        await Journal.Of(Key()).WaitForAsync("0");
        await first.KillAsync();

        var second = await StartAsync();
        await Stream(second).OnNextAsync(new Happening(200));
        await Journal.Of(Key()).WaitForAsync("200");
        var next = 0;
        foreach (var number in Numbers(Key()).Select(entry => int.Parse(entry, null)))
        {
            Assert.True(number <= next, $"{number} came where {next} was due.");
            next = Math.Max(next, number + 1);
        }

        Assert.Equal(201, next);
    }

    [Fact]
    public async Task Poison_IsPutAside_AndBlocksNothing()
    {
        var host = await StartAsync();
        await Stream(host).OnNextAsync(new Happening(1));
        await Writer.WriteAsync(new StreamRecord(Topic.Name, Key(), Encoding.UTF8.GetBytes("{ not a happening")), Cancelled);
        await Writer.WriteAsync(
            new StreamRecord(Topic.Name, default(ReadOnlyMemory<byte>?), Encoding.UTF8.GetBytes("without key")), Cancelled);
        await Stream(host).OnNextAsync(new Happening(2));
        await NumbersAsync(Key(), 2);
        Assert.Equal(["1", "2"], Numbers(Key()));
        await CommittedAsync(4);

        await using var letters = Topic.ReadDeadLetters();
        var bodies = (await letters.TakeAsync(2)).Select(record => record.Text()).Order(StringComparer.Ordinal);
        Assert.Equal(["without key", "{ not a happening"], bodies);
    }

    [Fact]
    public async Task EventThatFailsTooLong_IsPutAside_ThenCommitted_AndTheNextComes()
    {
        var host = await StartAsync(maxEventDeliveryTime: TimeSpan.FromSeconds(2));
        Plan.Set(Key(), new Plan(Fails: true));
        await Stream(host).OnNextAsync(new Happening(1));
        await Journal.Of(Key()).WaitForAsync("error");
        Plan.Set(Key(), new Plan());
        await Stream(host).OnNextAsync(new Happening(2));
        await NumbersAsync(Key(), 1);
        Assert.Equal(["2"], Numbers(Key()));
        await CommittedAsync(2);

        await using var letters = Topic.ReadDeadLetters();
        var letter = (await letters.TakeAsync(1))[0];
        Assert.Equal(new Happening(1), Codec.Decode(letter));
        Assert.Contains("skipped", letter.Header(RecordHeaders.DeadLetterReason), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatFailsWhileTheSiloStops_IsNotPutAside_AndComesAgain()
    {
        var first = await StartAsync();
        Plan.Set(Key(), new Plan(Fails: true));
        await Stream(first).OnNextBatchAsync([new Happening(1), new Happening(2)]);
        await Journal.Of(Key()).WaitForAsync("failed");
        await first.StopAsync();

        Plan.Set(Key(), new Plan());
        await StartAsync();
        await NumbersAsync(Key(), 2);
        Assert.Equal(["1", "2"], Numbers(Key()));
        await CommittedAsync(2);
        await using var letters = Topic.ReadDeadLetters();
        await letters.WaitForAsync(status => status.End is not null);
        Assert.Equal(0, letters.Status.End);
    }

    [Fact]
    public async Task SlowConsumer_HoldsItsPartitionUp_AndLosesNothing()
    {
        // Beyond the cache, what a reader has at hand: four batches, one that it fills and one that waits for room.
        const int Most = 50 + (6 * 5);
        var gate = Key("gate");
        Plan.Set(Key(), new Plan(Gate: gate));
        using var read = new ReadRecords(HappeningGrain.Topic);
        var host = await StartAsync(options => (options.BatchRecords, options.CacheRecords) = (5, 50));
        var producing = Stream(host).OnNextBatchAsync(Enumerable.Range(0, 1000).Select(i => new Happening(i)));
        await Gate.Of(gate).Reached;
        await producing;
        await read.SettleAsync();
        Assert.InRange(read.Count, 5, Most);
        Gate.Of(gate).Open();
        await NumbersAsync(Key(), 1000);
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"{i}"), Numbers(Key()));
        await CommittedAsync(1000);
    }

    [Fact]
    public async Task TwoOwnersForAMoment_RepeatOnly()
    {
        var (first, second) = (await StartAsync(), await StartAsync());
        await Stream(first).OnNextBatchAsync(Enumerable.Range(0, 50).Select(i => new Happening(i)));
        await NumbersAsync(Key(), 100);
        await first.StopAsync();
        await Stream(second).OnNextBatchAsync(Enumerable.Range(50, 50).Select(i => new Happening(i)));
        await NumbersAsync(Key(), 150);
        await second.StopAsync();

        var third = await StartAsync();
        await Stream(third).OnNextAsync(new Happening(100));
        await Journal.Of(Key()).WaitForAsync("100");
        var counts = Numbers(Key()).GroupBy(number => number).ToDictionary(group => group.Key, group => group.Count());
        Assert.All(Enumerable.Range(0, 101), i => Assert.InRange(counts.GetValueOrDefault($"{i}"), 1, 2));
    }

    [Fact]
    public async Task StreamOfNoTopic_RefusesEvents()
    {
        var host = await StartAsync();
        await Assert.ThrowsAsync<RecordCodecException>(
            () => host.Streams.GetStream<Happening>(StreamId.Create("no_topic", "k")).OnNextAsync(new Happening(1)));
        await Assert.ThrowsAsync<RecordCodecException>(
            () => host.Streams.GetStream<string>(StreamId.Create(HappeningGrain.Topic, "k")).OnNextAsync("text"));
    }

    [Fact]
    public async Task WrongOptions_AreAllToldAtTheStart()
    {
        var exception = await Assert.ThrowsAnyAsync<Exception>(
            () => StartAsync(options => (options.Group, options.BatchRecords) = ("", 0)));
        Assert.Contains("Group: must name a consumer group.", exception.Message, StringComparison.Ordinal);
        Assert.Contains("BatchRecords: must be 1 to 1000, not 0.", exception.Message, StringComparison.Ordinal);
    }

    private static JsonRecordCodec Codec { get; } = new([new RecordType(typeof(Happening), "suite.happening")], JsonSerializerOptions.Web);

    private string Key(string name = "grain") => $"{_scope}-{name}";

    private IAsyncStream<Happening> Stream(IStreamingHost host, string? key = null) =>
        host.Streams.GetStream<Happening>(StreamId.Create(HappeningGrain.Topic, key ?? Key()));

    private async Task<IStreamingHost> StartAsync(Action<KafkaStreamOptions>? configure = null, TimeSpan? maxEventDeliveryTime = null)
    {
        var host = await StartAsync(
            Provider,
            new StreamingSettings(
                options =>
                {
                    options.Kafka = Topic.Kafka;
                    options.Writer = Writer;
                    options.Topics.Add(new StreamTopic(HappeningGrain.Topic, Partitions, Codec));
                    options.Group = Topic.Group;
                    options.CommitInterval = TimeSpan.FromMilliseconds(100);
                    configure?.Invoke(options);
                },
                maxEventDeliveryTime ?? TimeSpan.FromMinutes(1)));
        _hosts.Add(host);
        return host;
    }

    /// <summary>What the grain of the key got, repetitions included.</summary>
    private static IEnumerable<string> Numbers(string key) => NumbersOf(Journal.Of(key).Entries);

    private static IEnumerable<string> NumbersOf(IEnumerable<string> entries) => entries
        .Select(entry => entry.StartsWith("again ", StringComparison.Ordinal) ? entry["again ".Length..] : entry)
        .Where(entry => int.TryParse(entry, null, out _));

    private static Task NumbersAsync(string key, int count) => Journal.Of(key).WaitForAsync(entries => NumbersOf(entries).Count() >= count);

    /// <summary>Waits until so many records are committed over all partitions.</summary>
    private async Task CommittedAsync(long records)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (true)
        {
            var committed = await Topic.CommittedAsync(Partitions);
            if (committed == records)
            {
                return;
            }

            Assert.False(patience.IsCancellationRequested, $"{committed} of {records} records are committed.");
            await Task.Delay(50, Cancelled);
        }
    }
}
