using FsCheck;
using FsCheck.Fluent;
using Game.Contracts.Leaderboards;
using Game.Domain.Leaderboards;

namespace Game.Domain.Tests.Leaderboards;

/// <summary>A ranking over shards that are heard only by digests, which are lost, doubled and reordered.</summary>
public sealed class HeardDigestsTests
{
    private static readonly string[] Shards = ["s01", "s02", "s03", "s04"];

    [Fact]
    public void The_bound_holds_for_what_was_heard_and_the_first_entries_are_exact_once_all_have_been() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(60),
        Prop.ForAll(Histories.Seeds, seed =>
        {
            var random = new Random(seed);
            var boards = Shards.ToDictionary(shard => shard, shard => new Board(shard, random.Next(2) == 0 ? 5 : 3_000));
            var ranking = new HeardDigests("s01", Shards);
            var post = new List<(BoardDigested Digest, IReadOnlyList<LeaderboardEntry> Truth)>();
            var heard = new Dictionary<string, (long Version, IReadOnlyList<LeaderboardEntry> Truth)>();
            foreach (var board in boards.Values)
            {
                board.Score(random, 1_000);
            }

            for (var step = 0; step < 20; step++)
            {
                foreach (var board in boards.Values)
                {
                    board.Score(random, random.Next(40));
                    post.Add((board.Tell(), board.Entries()));
                }

                for (var n = random.Next(4); n > 0; n--)
                {
                    Deliver(post[random.Next(post.Count)]);
                }
            }

            Compare(exact: false);
            foreach (var board in boards.Values)
            {
                Deliver((board.Tell(), board.Entries()));
            }

            Compare(exact: true);

            void Deliver((BoardDigested Digest, IReadOnlyList<LeaderboardEntry> Truth) letter)
            {
                var (shard, version) = (letter.Digest.Digest.Shard, letter.Digest.Version);
                ranking.Hear(letter.Digest);
                if (shard != "s01" && (!heard.TryGetValue(shard, out var known) || version > known.Version))
                {
                    heard[shard] = (version, letter.Truth);
                }
            }

            void Compare(bool exact)
            {
                var own = boards["s01"];
                var all = Merge([("s01", own.Entries()), .. heard.Select(entry => (entry.Key, entry.Value.Truth))]);
                var top = ranking.TopOf(own.Digest(100, 1), 100);
                Assert.Equal(all.Take(100).Select(entry => (entry.Member, entry.Score)), top.Items.Select(entry => (entry.Member, entry.Score)));
                Assert.Equal(Shards.Except(heard.Keys).Except(["s01"]), top.Coverage.Missing);
                Assert.True(!exact || top.Coverage.Missing.Count == 0);
                Assert.Equal(all.Count, top.Entries);
                var allowed = heard.Values.Sum(entry => Math.Max(0, (entry.Truth.Count + HeardDigests.Samples - 1) / HeardDigests.Samples - 1));
                foreach (var entry in own.Entries())
                {
                    var standing = ranking.RankOf(entry, own.Digest(0, 1).SeasonEndsAt).Rank;
                    var truth = all.FindIndex(other => other.Member == entry.Member) + 1;
                    Assert.True(standing.Best <= truth && truth <= standing.Worst, $"{entry}: {standing}, and it is {truth}");
                    Assert.True(standing.Worst - standing.Best <= allowed);
                }
            }
        }));

    [Fact]
    public void What_is_told_by_nobody_of_the_game_or_by_itself_does_not_count()
    {
        var ranking = new HeardDigests("s01", Shards);
        Assert.False(ranking.Hear(Told("s01", 1)));
        Assert.False(ranking.Hear(Told("s99", 1)));
        Assert.True(ranking.Hear(Told("s02", 2)));
        Assert.False(ranking.Hear(Told("s02", 1)));
        Assert.False(ranking.Hear(Told("s02", 2)));
    }

    private static BoardDigested Told(string shard, long version) =>
        new(Histories.Noon, "b", version, new LeaderboardDigest(shard, null, true, 0, [], 1, []));

    private static List<LeaderboardEntry> Merge(IEnumerable<(string Shard, IReadOnlyList<LeaderboardEntry> Entries)> shards) =>
    [
        .. shards.SelectMany(shard => shard.Entries.Select(entry => (shard.Shard, Entry: entry)))
            .OrderByDescending(entry => entry.Entry.Score).ThenBy(entry => entry.Entry.ScoredAt).ThenBy(entry => entry.Shard, StringComparer.Ordinal)
            .Select(entry => entry.Entry),
    ];

    private sealed class Board(string shard, int members)
    {
        private readonly Leaderboard _board = new(new LeaderboardDefinition("b", ScoreOperator.Set, true, false, null, 1));
        private DateTimeOffset _now = Histories.Noon;
        private long _version;

        public void Score(Random random, int times)
        {
            for (; times > 0; times--)
            {
                _now += TimeSpan.FromSeconds(1);
                var command = new SubmitScore($"{_version}", $"{shard}.{random.Next(members)}", random.Next(500), ScoreOperator.Set, false);
                foreach (var fact in _board.Decide(command, _now).Events)
                {
                    _board.Apply(fact);
                    _version++;
                }
            }
        }

        public LeaderboardDigest Digest(int top, int samples) => _board.GetDigest(shard, top, samples, _version).Value!;

        public BoardDigested Tell() => new(_now, "b", _version, Digest(HeardDigests.Top, HeardDigests.Samples));

        public IReadOnlyList<LeaderboardEntry> Entries()
        {
            var all = new List<LeaderboardEntry>();
            while (_board.GetPage(0, all.Count + 1, 100, 0).Value!.Items is { Count: > 0 } page)
            {
                all.AddRange(page);
            }

            return all;
        }
    }
}
