using Xunit;

namespace Game.Broadcast.Tests;

/// <summary>
/// Random publishes, settlements, consumer changes and reopenings, with windows of a few messages, against the rules:
/// everything confirmed is settled once, in order, and what comes again comes before anything new.
/// </summary>
public sealed class RandomHistoryTests
{
    private const int Seeds = 20;
    private const int DeliveryLimit = 3;
    private static readonly string[] Keys = ["a.x", "a.y", "b.x", "b.y"];
    private static readonly (string Name, string Pattern)[] Queues = [("all", "#"), ("a", "a.*"), ("y", "*.y"), ("b", "b.#")];

    [Fact]
    public async Task EveryHistory_KeepsTheRules()
    {
        var first = int.TryParse(Environment.GetEnvironmentVariable("BUS_SEED"), out var chosen) ? chosen : Random.Shared.Next();
        var count = chosen == 0 ? Seeds : 1;
        for (var seed = first; seed != first + count; seed++)
        {
            try
            {
                await RunAsync(seed);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Failed with BUS_SEED={seed}: {exception.Message}", exception);
            }
        }
    }

    private static async Task RunAsync(int seed)
    {
        var random = new Random(seed);
        using var directory = new BusDirectory();
        var observers = Queues.Select(queue => new Observer(queue.Name, random.Next())).ToList();
        var expected = Queues.ToDictionary(queue => queue.Name, _ => new List<string>());
        var next = 0;
        for (var life = 0; life < 5; life++)
        {
            await using var bus = directory.Open(new HurriedClock(), options => options with { WindowMessages = random.Next(1, 12) });
            foreach (var (name, pattern) in Queues)
            {
                await bus.DeclareQueueAsync(
                    new QueueDeclaration(name, [new(Exchanges.Guild, pattern)], random.Next(1, 8), DeliveryLimit));
            }

            var consumers = new Dictionary<string, IAsyncDisposable>();
            for (var step = 0; step < 30; step++)
            {
                var queue = random.Next(Queues.Length);
                var (name, _) = Queues[queue];
                switch (random.Next(4))
                {
                    case 0 when !consumers.ContainsKey(name):
                        consumers.Add(name, await bus.ConsumeAsync(name, observers[queue].HandleAsync));
                        break;
                    case 0:
                        await consumers[name].DisposeAsync();
                        consumers.Remove(name);
                        break;
                    default:
                        var confirms = new List<Task>();
                        for (var i = random.Next(1, 10); i > 0; i--)
                        {
                            var key = Keys[random.Next(Keys.Length)];
                            var id = $"{next++}";
                            confirms.Add(bus.PublishAsync(new(id, Exchanges.Guild, key, "s01", 1, "x", "t", 1, default)).AsTask());
                            foreach (var (bound, pattern) in Queues.Where(q => new TopicPattern(q.Pattern).IsMatch(key)))
                            {
                                expected[bound].Add(id);
                            }
                        }

                        await Task.WhenAll(confirms);
                        break;
                }
            }
        }

        await using var last = directory.Open(new HurriedClock());
        for (var i = 0; i < Queues.Length; i++)
        {
            var (name, observer) = (Queues[i].Name, observers[i]);
            await using (await last.ConsumeAsync(name, observer.HandleAsync))
            {
                await observer.WaitForSettledAsync(expected[name].Count);
            }

            Assert.Empty(observer.Violations);
            Assert.Equal(expected[name], observer.InOrderOfFirstDelivery);
            Assert.Equal(expected[name].Count, observer.Settled);
            var depth = await last.GetDepthAsync(name);
            Assert.Equal(new QueueDepth(0, 0, observer.Dead.Count), depth);
            var letters = await last.ListDeadLettersAsync(name, 0, 1000);
            Assert.Equal(observer.Dead, letters.Select(letter => letter.Message.Id));
        }
    }

    /// <summary>One queue's consumer over all its lives: settles at random and checks what it is handed.</summary>
    private sealed class Observer(string queue, int seed)
    {
        private readonly Random _random = new(seed);
        private readonly Dictionary<string, int> _failures = [];
        private readonly HashSet<string> _open = [];
        private readonly HashSet<string> _done = [];
        private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _goal = int.MaxValue;

        public List<string> Violations { get; } = [];

        public List<string> InOrderOfFirstDelivery { get; } = [];

        public List<string> Dead { get; } = [];

        public int Settled => _done.Count;

        public Task HandleAsync(IReadOnlyList<Delivery> batch, CancellationToken cancellationToken)
        {
            lock (_done)
            {
                var ids = batch.Select(delivery => delivery.Message.Id).ToHashSet();
                if (ids.Any(id => !_failures.ContainsKey(id)) && _open.Any(id => !ids.Contains(id)))
                {
                    Violations.Add($"{queue}: something new came before {string.Join(", ", _open)}");
                }

                foreach (var delivery in batch)
                {
                    SettleOne(delivery);
                }

                if (_done.Count >= _goal)
                {
                    _finished.TrySetResult();
                }
            }

            return Task.CompletedTask;
        }

        public Task WaitForSettledAsync(int goal)
        {
            lock (_done)
            {
                _goal = goal;
                if (_done.Count >= goal)
                {
                    _finished.TrySetResult();
                }
            }

            return _finished.Task.WaitAsync(TimeSpan.FromMinutes(3));
        }

        private void SettleOne(Delivery delivery)
        {
            var id = delivery.Message.Id;
            if (_done.Contains(id))
            {
                Violations.Add($"{queue}: {id} came again");
            }

            if (_failures.TryAdd(id, 0))
            {
                InOrderOfFirstDelivery.Add(id);
                _open.Add(id);
            }

            if (delivery.Attempt != _failures[id] + 1)
            {
                Violations.Add($"{queue}: attempt {delivery.Attempt} of {id} after {_failures[id]} failures");
            }

            switch (_random.Next(8))
            {
                case 0:
                    delivery.Postpone();
                    return;
                case 1:
                    delivery.Retry("again");
                    if (++_failures[id] == DeliveryLimit)
                    {
                        Dead.Add(id);
                        break;
                    }

                    return;
                case 2:
                    delivery.Reject("poison");
                    Dead.Add(id);
                    break;
                default:
                    delivery.Ack();
                    break;
            }

            _open.Remove(id);
            _done.Add(id);
        }
    }
}
