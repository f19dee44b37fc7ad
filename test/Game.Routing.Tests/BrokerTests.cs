using System.Text;
using Game.Broadcast;
using Game.Broadcast.RabbitMq;
using Game.LocalServers;
using Game.Routing.Routes;
using Game.Streaming.Kafka;
using Game.Streaming.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Routing.Tests;

/// <summary>The router between a real RabbitMQ and a real Kafka that are killed in turn and together.</summary>
public sealed class BrokerTests
{
    private const string Server = "server-1";
    private const string Actions = "player_actions";
    private const string ChatQueue = "chat";

    [Fact]
    public async Task BothBrokersKilledInTurnAndTogether_EveryMessageArrives_InTheOrderOfItsKey()
    {
        await using var rabbit = await StartAsync(() => RabbitMqServer.StartAsync(TestContext.Current.CancellationToken));
        await using var kafka = await StartAsync(() => KafkaServer.StartAsync(cancellationToken: TestContext.Current.CancellationToken));
        var options = new KafkaOptions { BootstrapServers = kafka.BootstrapServers, RequestTimeout = TimeSpan.FromSeconds(3) };
        using (var administration = new TopicAdministration(options))
        {
            await administration.MakeAsync(
                [new TopicSpec(Actions, 1, 1, null), new TopicSpec(StreamParking.Topic, 1, 1, null)], TestContext.Current.CancellationToken);
        }

        await using var bus = await RabbitMqBus.OpenAsync(
            new RabbitMqOptions { Nodes = [rabbit.Address], RequestTimeout = TimeSpan.FromSeconds(3), ConfirmTimeout = TimeSpan.FromSeconds(3) },
            TimeProvider.System,
            NullLogger<RabbitMqBus>.Instance,
            TestContext.Current.CancellationToken);
        await bus.DeclareQueueAsync(
            new QueueDeclaration(ChatQueue, [new QueueBinding(Exchanges.Chat, "chat.#")]), TestContext.Current.CancellationToken);

        // RabbitMQ 3.10 writes down which queues are new when it stops in order.
        await bus.DeclareQueueAsync(
            new QueueDeclaration($"{BroadcastParking.Exchange}.{Server}", [new QueueBinding(BroadcastParking.Exchange, Server)], Prefetch: 256),
            TestContext.Current.CancellationToken);
        await rabbit.StopAsync();
        await rabbit.RestartAsync(TestContext.Current.CancellationToken);

        await using var writer = RecordWriter.Open(
            options,
            new RecordWriterOptions { Linger = TimeSpan.FromMilliseconds(1), DeliveryTimeout = TimeSpan.FromSeconds(10) },
            TimeProvider.System,
            NullLogger<RecordWriter>.Instance);
        using var spool = new Spool();
        await using var router = spool.Open(new MessageRoutes
        {
            Broadcast = new BroadcastRoute(bus, _ => Exchanges.Chat, Server),
            Stream = new StreamRoute(writer, _ => Actions),
            BroadcastParking = new BroadcastParking(bus, Server, TimeProvider.System),
            StreamParking = new StreamParking(options, writer, Server, 1, TimeProvider.System, NullLoggerFactory.Instance),
        });

        using var enough = new CancellationTokenSource();
        string[] kinds = ["action.test", "chat.world.s01"];
        var senders = kinds.SelectMany(kind => Enumerable.Range(0, 4).Select(key => new Sender(kind, $"{kind}-{key}"))).ToList();
        var sending = Task.WhenAll(senders.Select(sender => sender.RunAsync(router, enough.Token)));
        long Sent(RouteOutcome outcome) => senders.Sum(sender => sender.CountOf(outcome));
        Task MoreAsync(RouteOutcome outcome, long count)
        {
            var goal = Sent(outcome) + count;
            return Spool.UntilAsync(
                () => sending.IsFaulted ? throw sending.Exception! : Sent(outcome) >= goal,
                () => $"{outcome}: {Sent(outcome)} of {goal}; {string.Join("; ", router.Status)}");
        }

        await MoreAsync(RouteOutcome.Delivered, 500);
        await kafka.KillAsync();
        await MoreAsync(RouteOutcome.FellBack, 200);
        await rabbit.KillAsync();
        await MoreAsync(RouteOutcome.Spooled, 200);
        await kafka.RestartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await MoreAsync(RouteOutcome.Spooled, 50);
        await rabbit.RestartAsync(TestContext.Current.CancellationToken);
        await MoreAsync(RouteOutcome.Delivered, 500);
        await rabbit.KillAsync();
        await MoreAsync(RouteOutcome.FellBack, 200);
        await rabbit.RestartAsync(TestContext.Current.CancellationToken);
        await MoreAsync(RouteOutcome.Delivered, 500);
        await enough.CancelAsync();
        await sending;
        await Spool.UntilAsync(
            () => router.Status.All(chain => chain is { Level: RouteLevel.Primary, Spooled: 0 }), () => string.Join("; ", router.Status));
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Join(", ", Enum.GetValues<RouteOutcome>().Select(outcome => $"{outcome}: {Sent(outcome)}")));

        var sent = senders.ToLookup(sender => sender.Kind, sender => sender);
        Spool.AssertInOrder(await ReadTopicAsync(options, sent["action.test"]), Totals(sent["action.test"]));
        Spool.AssertInOrder(await ReadQueueAsync(bus, sent["chat.world.s01"]), Totals(sent["chat.world.s01"]));
    }

    private static Dictionary<string, int> Totals(IEnumerable<Sender> senders) => senders.ToDictionary(sender => sender.Key, sender => sender.Sent);

    /// <summary>Skips the test where a broker is not installed; on CI that is a failure.</summary>
    private static async Task<T> StartAsync<T>(Func<Task<T>> start)
    {
        try
        {
            return await start();
        }
        catch (ServerMissingException exception) when (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Skip(exception.Message);
            throw;
        }
    }

    private static async Task<List<(string Key, int Number)>> ReadTopicAsync(KafkaOptions options, IEnumerable<Sender> senders)
    {
        var arrived = new List<(string Key, int Number)>();
        await using var reader = PartitionReader.Start(
            options, new PartitionReaderOptions { Topic = Actions, Partition = 0 }, TimeProvider.System, NullLogger<PartitionReader>.Instance);
        await ReadUntilAllAsync(arrived, senders, async token =>
        {
            foreach (var record in await reader.ReadAsync(token))
            {
                arrived.Add((Encoding.UTF8.GetString(record.Key!.Value.Span), Spool.NumberOf(record.Value)));
            }
        });
        return arrived;
    }

    private static async Task<List<(string Key, int Number)>> ReadQueueAsync(RabbitMqBus bus, IEnumerable<Sender> senders)
    {
        var arrived = new List<(string Key, int Number)>();
        var news = new SemaphoreSlim(0);
        await using var consumer = await bus.ConsumeAsync(
            ChatQueue,
            (batch, _) =>
            {
                lock (arrived)
                {
                    arrived.AddRange(batch.Select(delivery => (delivery.Message.SourceStream, Spool.NumberOf(delivery.Message.Body))));
                }

                foreach (var delivery in batch)
                {
                    delivery.Ack();
                }

                news.Release();
                return Task.CompletedTask;
            },
            TestContext.Current.CancellationToken);
        await ReadUntilAllAsync(arrived, senders, news.WaitAsync);
        return arrived;
    }

    private static async Task ReadUntilAllAsync(
        List<(string Key, int Number)> arrived, IEnumerable<Sender> senders, Func<CancellationToken, Task> readAsync)
    {
        var totals = Totals(senders);
        using var patience = new CancellationTokenSource();
        bool All()
        {
            lock (arrived)
            {
                return arrived.Distinct().Count() >= totals.Values.Sum();
            }
        }

        while (!All())
        {
            // Counts from the last that came.
            patience.CancelAfter(TimeSpan.FromSeconds(120));
            await readAsync(patience.Token);
        }
    }

    private sealed class Sender(string kind, string key)
    {
        private readonly int[] _outcomes = new int[Enum.GetValues<RouteOutcome>().Length];

        public string Kind => kind;

        public string Key => key;

        public int Sent { get; private set; }

        public int CountOf(RouteOutcome outcome) => Volatile.Read(ref _outcomes[(int)outcome]);

        public async Task RunAsync(MessageRouter router, CancellationToken enough)
        {
            // What is spooled while brokers start, which takes minutes on a busy machine, has to be drained too.
            using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(15));
            while (!enough.IsCancellationRequested)
            {
                await pace.WaitForNextTickAsync(CancellationToken.None);
                var outcome = await router.SendAsync(Spool.Message(kind, key, Sent), CancellationToken.None);
                Sent++;
                Interlocked.Increment(ref _outcomes[(int)outcome]);
            }
        }
    }
}
