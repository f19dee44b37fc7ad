using System.Globalization;

namespace Game.Benchmarks.Leaderboards;

/// <summary>A sorted set of Redis: one request at a time, or pipelined.</summary>
internal sealed class RedisContender : IContender
{
    private const string Key = "board";
    private const int LoadBatch = 1_000;
    private const int PipelineDepth = 100;
    private readonly RespClient _client;
    private readonly Workload _workload;

    public RedisContender(RedisServer server, Workload workload)
    {
        _client = new RespClient(server.SocketPath);
        _workload = workload;
        var before = UsedMemory();
        foreach (var batch in workload.All().Chunk(LoadBatch))
        {
            _client.Begin(2 + (2 * batch.Length));
            _client.Argument("ZADD");
            _client.Argument(Key);
            foreach (var (member, score) in batch)
            {
                _client.Argument(score);
                _client.Argument(member);
            }

            _client.Send();
            _client.ReadInteger();
        }

        BytesAnEntry = (UsedMemory() - before) / (double)workload.Entries;
    }

    public double BytesAnEntry { get; }

    public void Ask(Question question, int call) => Pipeline(question, call, 1);

    public void AskMany(Question question, int firstCall, int calls)
    {
        for (var i = 0; i < calls; i += PipelineDepth)
        {
            Pipeline(question, firstCall + i, Math.Min(PipelineDepth, calls - i));
        }
    }

    public void Dispose() => _client.Dispose();

    private void Pipeline(Question question, int firstCall, int calls)
    {
        switch (question)
        {
            case Question.Update:
                Send(calls, i => Update(firstCall + i));
                Receive(calls, _ => _client.ReadInteger());
                break;
            case Question.Rank:
                Ranks(firstCall, calls);
                break;
            case Question.Top100:
                Send(calls, _ => Range(0, 99));
                Receive(calls, _ => ReadEntries());
                break;
            default:
                // Who stands around a member takes two requests: its rank, then the range.
                var ranks = Ranks(firstCall, calls);
                Send(calls, i => Range(Math.Max(0, ranks[i] - Workload.Reach), ranks[i] + Workload.Reach));
                Receive(calls, _ => ReadEntries());
                break;
        }
    }

    private long[] Ranks(int firstCall, int calls)
    {
        var ranks = new long[calls];
        Send(calls, i =>
        {
            _client.Begin(3);
            _client.Argument("ZREVRANK");
            _client.Argument(Key);
            _client.Argument(_workload.MemberOf(firstCall + i));
        });
        Receive(calls, i => ranks[i] = _client.ReadInteger());
        return ranks;
    }

    private void Update(int call)
    {
        _client.Begin(4);
        _client.Argument("ZADD");
        _client.Argument(Key);
        _client.Argument(_workload.ScoreOf(call));
        _client.Argument(_workload.MemberOf(call));
    }

    private void Range(long first, long last)
    {
        _client.Begin(5);
        _client.Argument("ZREVRANGE");
        _client.Argument(Key);
        _client.Argument(first);
        _client.Argument(last);
        _client.Argument("WITHSCORES");
    }

    private (string Member, long Score)[] ReadEntries()
    {
        var entries = new (string Member, long Score)[_client.ReadArrayLength() / 2];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = (_client.ReadText(), _client.ReadScore());
        }

        return entries;
    }

    private void Send(int calls, Action<int> write)
    {
        for (var i = 0; i < calls; i++)
        {
            write(i);
        }

        _client.Send();
    }

    private static void Receive(int calls, Action<int> read)
    {
        for (var i = 0; i < calls; i++)
        {
            read(i);
        }
    }

    private long UsedMemory()
    {
        _client.Begin(2);
        _client.Argument("INFO");
        _client.Argument("memory");
        _client.Send();
        var line = _client.ReadText().Split("\r\n").First(l => l.StartsWith("used_memory:", StringComparison.Ordinal));
        return long.Parse(line["used_memory:".Length..], CultureInfo.InvariantCulture);
    }
}
