using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Game.EventStore.InMemory;

namespace Game.EventStore.Tests;

/// <summary>Random sequences of operations give the answers of a model that is a list of events and nothing else.</summary>
public sealed class ModelTests(PostgresFixture fixture)
{
    private static readonly string[] Streams = ["a", "b", "c"];
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Sqlite_AnswersAsTheModelDoes() => Check(80, async steps =>
    {
        using var folder = new StoreFolder();
        return await RunAsync(steps, () => new(folder.Open()));
    });

    [Fact]
    public async Task Postgres_AnswersAsTheModelDoes()
    {
        await fixture.GetAsync();
        Check(40, steps => RunAsync(steps, new PostgresDatabase(fixture).OpenAsync));
    }

    [Fact]
    public void InMemory_AnswersAsTheModelDoes() => Check(2000, steps =>
    {
        var store = new InMemoryEventStore();
        return RunAsync(steps, () => new(store));
    });

    private static void Check(int count, Func<Step[], Task<string?>> run)
    {
        var step =
            from kind in Gen.Frequency((8, Gen.Constant(Kind.Append)), (7, Gen.Elements(Enum.GetValues<Kind>())))
            from stream in Gen.Choose(0, Streams.Length - 1)
            from lag in Gen.Frequency((6, Gen.Constant(0)), (1, Gen.Choose(-2, 2)))
            from command in Gen.Choose(0, 25)
            from commits in Gen.Choose(1, 3)
            from events in Gen.Choose(1, 3)
            from number in Gen.Choose(0, 30)
            select new Step(kind, stream, lag, command, commits, events, number);
        var property = Prop.ForAll(
            Arb.From(Gen.ArrayOf(step).Resize(60), Shrink),
            steps =>
            {
                var difference = Task.Run(() => run(steps)).GetAwaiter().GetResult();
                return (difference is null).Label(difference ?? "");
            });
        property.Check(Config.QuickThrowOnFailure.WithMaxTest(count));
    }

    private static IEnumerable<Step[]> Shrink(Step[] steps)
    {
        if (steps.Length > 1)
        {
            yield return steps[..(steps.Length / 2)];
            yield return steps[(steps.Length / 2)..];
        }

        for (var i = 0; i < steps.Length; i++)
        {
            yield return [.. steps[..i], .. steps[(i + 1)..]];
        }
    }

    /// <returns>The first answer that differs; null if none does.</returns>
    private static async Task<string?> RunAsync(Step[] steps, Func<ValueTask<IEventStore>> open)
    {
        var model = new Model();
        var store = await open();
        try
        {
            for (var i = 0; i < steps.Length; i++)
            {
                var step = steps[i];
                if (step.Kind == Kind.Reopen)
                {
                    await store.DisposeAsync();
                    store = await open();
                    continue;
                }

                var expected = model.Do(step, i);
                var actual = await DoAsync(store, step, model.ExpectedVersionOf(step), i);
                if (expected != actual)
                {
                    return $"step {i}, {step}: expected {expected}, got {actual}";
                }
            }

            return null;
        }
        finally
        {
            await store.DisposeAsync();
        }
    }

    private static async Task<string> DoAsync(IEventStore store, Step step, long expectedVersion, int i)
    {
        var stream = Streams[step.Stream];
        switch (step.Kind)
        {
            case Kind.Append:
                var commits = Enumerable.Range(step.Command, step.Commits).Select(command => new Commit(
                    $"c{command}",
                    $"f{command}",
                    Start.AddMinutes(step.Number),
                    [.. Enumerable.Range(0, step.Events).Select(e => new EventData("t", 1, Encoding.UTF8.GetBytes($"{i}.{command}.{e}")))]));
                return $"{await store.AppendAsync(stream, expectedVersion, [.. commits])}";
            case Kind.Read:
                var events = new List<StoredEvent>();
                await foreach (var stored in store.ReadAsync(stream, step.Number, step.Number + (step.Events * 3)))
                {
                    events.Add(stored);
                }

                return Describe(events);
            case Kind.ReadAll:
                return Describe(await store.ReadAllAsync(step.Number, step.Command + 1));
            case Kind.Head:
                return $"{await store.GetHeadAsync()}";
            case Kind.FindCommand:
                return $"{await store.FindCommandAsync(stream, $"c{step.Command}")}";
            case Kind.FindVersion:
                return $"{await store.FindVersionAsync(stream, Start.AddMinutes(step.Number))}";
            case Kind.WriteSnapshot:
                await store.WriteSnapshotAsync(new Snapshot(stream, step.Number + 1, "f", Start, Encoding.UTF8.GetBytes($"{i}")));
                return "";
            case Kind.ReadSnapshot:
                var snapshot = await store.ReadSnapshotAsync(stream, step.Number + 1);
                return snapshot is null ? "none" : $"{snapshot.Version} {Encoding.UTF8.GetString(snapshot.Body.Span)}";
            case Kind.WriteCursor:
                try
                {
                    await store.WriteCursorAsync(stream, step.Number);
                    return "moved";
                }
                catch (ArgumentException)
                {
                    return "refused";
                }

            case Kind.ReadCursor:
                return $"{await store.ReadCursorAsync(stream)}";
            default:
                throw new ArgumentOutOfRangeException(nameof(step));
        }
    }

    private static string Describe(IEnumerable<StoredEvent> events) => string.Join(", ", events.Select(stored =>
        $"{stored.Position}:{stored.Stream}@{stored.Version} {stored.CommandId} {stored.At:O} {Encoding.UTF8.GetString(stored.Body.Span)}"));

    private enum Kind
    {
        Append,
        Read,
        ReadAll,
        Head,
        FindCommand,
        FindVersion,
        WriteSnapshot,
        ReadSnapshot,
        WriteCursor,
        ReadCursor,
        Reopen,
    }

    private sealed record Step(Kind Kind, int Stream, int Lag, int Command, int Commits, int Events, int Number);

    private sealed class Model
    {
        private readonly List<StoredEvent> _log = [];
        private readonly Dictionary<string, SortedDictionary<long, int>> _snapshots = Streams.ToDictionary(s => s, _ => new SortedDictionary<long, int>());
        private readonly Dictionary<string, long> _cursors = Streams.ToDictionary(s => s, _ => 0L);
        private long _expectedVersion;

        /// <summary>What the step's append expects; taken before the append, as a caller would.</summary>
        public long ExpectedVersionOf(Step step) => step.Kind == Kind.Append ? _expectedVersion : 0;

        public string Do(Step step, int i)
        {
            var stream = Streams[step.Stream];
            var events = _log.Where(stored => stored.Stream == stream).ToList();
            switch (step.Kind)
            {
                case Kind.Append:
                    _expectedVersion = Math.Max(0, events.Count + step.Lag);
                    return $"{Append(stream, events, step, i)}";
                case Kind.Read:
                    return Describe(events.Where(stored => stored.Version >= step.Number && stored.Version <= step.Number + (step.Events * 3)));
                case Kind.ReadAll:
                    return Describe(_log.Where(stored => stored.Position > step.Number).Take(step.Command + 1));
                case Kind.Head:
                    return $"{_log.Count}";
                case Kind.FindCommand:
                    return $"{Record(events, $"c{step.Command}")}";
                case Kind.FindVersion:
                    return $"{events.LastOrDefault(stored => stored.At <= Start.AddMinutes(step.Number))?.Version ?? 0}";
                case Kind.WriteSnapshot:
                    _snapshots[stream][step.Number + 1] = i;
                    if (_snapshots[stream].Count > Snapshot.Kept)
                    {
                        _snapshots[stream].Remove(_snapshots[stream].Keys.First());
                    }

                    return "";
                case Kind.ReadSnapshot:
                    var usable = _snapshots[stream].Where(snapshot => snapshot.Key <= step.Number + 1).ToList();
                    return usable.Count == 0 ? "none" : $"{usable[^1].Key} {usable[^1].Value}";
                case Kind.WriteCursor:
                    var moves = step.Number >= _cursors[stream];
                    _cursors[stream] = Math.Max(step.Number, _cursors[stream]);
                    return moves ? "moved" : "refused";
                case Kind.ReadCursor:
                    return $"{_cursors[stream]}";
                default:
                    throw new ArgumentOutOfRangeException(nameof(step));
            }
        }

        private AppendResult Append(string stream, List<StoredEvent> events, Step step, int i)
        {
            for (var command = step.Command; command < step.Command + step.Commits; command++)
            {
                if (Record(events, $"c{command}") is { } record)
                {
                    return AppendResult.Duplicate(record);
                }
            }

            if (_expectedVersion != events.Count)
            {
                return AppendResult.Conflict(events.Count);
            }

            var version = events.Count;
            for (var command = step.Command; command < step.Command + step.Commits; command++)
            {
                for (var e = 0; e < step.Events; e++)
                {
                    _log.Add(new StoredEvent(
                        _log.Count + 1, stream, ++version, $"c{command}", Start.AddMinutes(step.Number), "t", 1, Encoding.UTF8.GetBytes($"{i}.{command}.{e}")));
                }
            }

            return AppendResult.Appended(version, _log.Count);
        }

        private static CommandRecord? Record(List<StoredEvent> events, string command)
        {
            var own = events.Where(stored => stored.CommandId == command).ToList();
            return own.Count == 0 ? null : new CommandRecord(command, $"f{command[1..]}", own[0].Version, own[^1].Version);
        }
    }
}
