using Xunit;

namespace Game.EventStore.Suite;

/// <summary>Many callers at once: they see one order of appends, and a reader of the whole log misses none.</summary>
public abstract class ConcurrencySuite : EventStoreSuite
{
    private const int Writers = 64;
    private const int Streams = 4;
    private const int AppendsEach = 40;

    [Fact]
    public async Task SixtyFourWritersOnFewStreams_AreLinearizable()
    {
        var history = new History();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(writer, history), Cancelled)));

        history.AssertLinearizable();
        for (var stream = 0; stream < Streams; stream++)
        {
            var events = await ReadAsync($"s{stream}");
            Assert.Equal(Enumerable.Range(1, events.Count).Select(version => (long)version), events.Select(stored => stored.Version));
            Assert.Equal(events.Select(stored => stored.Position).Order(), events.Select(stored => stored.Position));
        }

        var all = await Store.ReadAllAsync(0, int.MaxValue, Cancelled);
        Assert.Equal(Writers * AppendsEach, all.Select(stored => (stored.Stream, stored.CommandId)).Distinct().Count());
    }

    [Fact]
    public async Task OneCommandSentByAll_IsStoredOnce_AndAllLearnOfIt()
    {
        for (var round = 0; round < 20; round++)
        {
            var stream = $"round{round}";
            var results = await Task.WhenAll(Enumerable.Range(0, Writers).Select(
                _ => Task.Run(async () => await AppendAsync(stream, 0, Command("same", "x", "y")), Cancelled)));

            Assert.Single(results, result => result.Status == AppendStatus.Appended);
            Assert.All(
                results.Where(result => result.Status != AppendStatus.Appended),
                result => Assert.Equal(AppendResult.Duplicate(new CommandRecord("same", "print of same", 1, 2)), result));
            Assert.Equal(2, (await ReadAsync(stream)).Count);
        }
    }

    [Fact]
    public async Task ConflictsAndDuplicates_DoNotTouchTheirNeighbours()
    {
        await AppendAsync("taken", 0, Command("first", "x"));
        var appends = Enumerable.Range(0, 300).Select(async i => (i % 3) switch
        {
            0 => await AppendAsync("taken", 0, Command($"stale{i}", "x")) == AppendResult.Conflict(1),
            1 => (await AppendAsync("taken", 1, Command("first", "x"))).Status == AppendStatus.Duplicate,
            _ => await AppendAsync($"free{i}", 0, Command("c", $"{i}")) is { Status: AppendStatus.Appended, Version: 1 },
        });

        Assert.All(await Task.WhenAll(appends), Assert.True);
        Assert.Equal(101, await Store.GetHeadAsync(Cancelled));
    }

    [Fact]
    public async Task ReaderOfTheGlobalOrder_NeverSkipsAPosition_WhileWritersRun()
    {
        const int Expected = Writers * AppendsEach * 2;
        var readers = Enumerable.Range(1, 3).Select(limit => Task.Run(() => FollowAsync(Expected, limit * 7), Cancelled)).ToList();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(
            async () =>
            {
                for (var i = 0; i < AppendsEach; i++)
                {
                    await AppendAsync($"w{writer}", i * 2, Command($"c{i}", $"{writer}.{i}", $"{writer}.{i}'"));
                }
            },
            Cancelled)));

        var truth = (await Store.ReadAllAsync(0, int.MaxValue, Cancelled)).Select(stored => (stored.Position, Body(stored))).ToList();
        Assert.Equal(Expected, truth.Count);
        foreach (var seen in await Task.WhenAll(readers))
        {
            Assert.Equal(truth, seen);
        }
    }

    /// <summary>Reads pages until it has seen so many events: without writers in between it would end at the first empty page.</summary>
    private async Task<List<(long Position, string Body)>> FollowAsync(int expected, int limit)
    {
        var seen = new List<(long Position, string Body)>();
        while (seen.Count < expected)
        {
            var after = seen.Count == 0 ? 0 : seen[^1].Position;
            var head = await Store.GetHeadAsync(Cancelled);
            var page = await Store.ReadAllAsync(after, limit, Cancelled);
            Assert.True(page.Count > 0 || head <= after, "The head was announced, but its events were not there.");
            seen.AddRange(page.Select(stored => (stored.Position, Body(stored))));
        }

        return seen;
    }

    private async Task WriteAsync(int writer, History history)
    {
        var random = new Random(writer);
        var known = new long[Streams];
        for (var i = 0; i < AppendsEach; i++)
        {
            // Optimistic writing as an activation does it: try with what is known, learn from the conflict, try again.
            var stream = random.Next(Streams);
            for (var stored = false; !stored;)
            {
                var start = history.Now();
                var result = await AppendAsync($"s{stream}", known[stream], Command($"{writer}.{i}", "x"));
                stored = result.Status == AppendStatus.Appended;
                history.Add(stream, start, result.Version, stored);
                Assert.NotEqual(AppendStatus.Duplicate, result.Status);
                known[stream] = result.Version;

                if (stored)
                {
                    Assert.Equal(i, int.Parse((await ReadAsync($"s{stream}", result.Version))[0].CommandId.Split('.')[1], null));
                }
                else if (random.Next(4) == 0)
                {
                    start = history.Now();
                    known[stream] = (await ReadAsync($"s{stream}", result.Version)).Max(read => read.Version);
                    history.Add(stream, start, known[stream], appended: false);
                }
            }
        }
    }

    /// <summary>
    /// Every operation on a stream with what it learned of the version. Versions are dense, so an order of all operations
    /// exists that explains the answers and respects real time exactly if no operation saw less than what another had
    /// learned before it began, and none saw a version whose append had not begun.
    /// </summary>
    private sealed class History
    {
        private readonly List<(int Stream, long Start, long End, long Version, bool Appended)> _operations = [];
        private long _clock;

        public long Now() => Interlocked.Increment(ref _clock);

        public void Add(int stream, long start, long version, bool appended)
        {
            var end = Now();
            lock (_operations)
            {
                _operations.Add((stream, start, end, version, appended));
            }
        }

        public void AssertLinearizable()
        {
            foreach (var stream in _operations.GroupBy(operation => operation.Stream))
            {
                var appends = stream.Where(operation => operation.Appended).ToDictionary(operation => operation.Version);
                Assert.Equal(Enumerable.Range(1, appends.Count).Select(version => (long)version), appends.Keys.Order());

                var ended = new Queue<(int Stream, long Start, long End, long Version, bool Appended)>(stream.OrderBy(operation => operation.End));
                var learned = 0L;
                foreach (var operation in stream.OrderBy(operation => operation.Start))
                {
                    while (ended.Peek().End < operation.Start)
                    {
                        learned = Math.Max(learned, ended.Dequeue().Version);
                    }

                    Assert.True(
                        operation.Version >= learned + (operation.Appended ? 1 : 0),
                        $"Version {operation.Version} was answered after {learned} had been.");
                    Assert.True(
                        operation.Version == 0 || appends[operation.Version].Start < operation.End,
                        $"Version {operation.Version} was seen before its append began.");
                }
            }
        }
    }
}
