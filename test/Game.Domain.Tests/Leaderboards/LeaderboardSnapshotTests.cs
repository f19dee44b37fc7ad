using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Game.Contracts.Leaderboards;
using Game.Domain.Leaderboards;

namespace Game.Domain.Tests.Leaderboards;

public sealed class LeaderboardSnapshotTests
{
    private static readonly DateTimeOffset Start = new(2026, 7, 13, 0, 0, 0, TimeSpan.Zero);

    private static readonly LeaderboardDefinition Daily = new("daily", ScoreOperator.Set, true, false, "0 0 * * *", 3);

    /// <summary>A snapshot of format 1. It must be read for as long as that format may be in a store.</summary>
    private const string GoldenV1 =
        "474C420102018080C7F59A8EB8EF088080EEC8ADA7B8EF0801808CD4939D8EB8EF0801150003616E6E028080EEC8ADA7B8EF08"
        + "8080959CC0C0B8EF08018080EEC8ADA7B8EF0802110003626F62020003616E6E04B9898A";

    [Fact]
    public void Snapshot_OfAnyBoard_ContinuesLikeTheOriginal()
    {
        var step =
            from member in Gen.Choose(0, 40)
            from score in Gen.Choose(0, 6)
            from minutes in Gen.Choose(-5, 300)
            select (Member: $"m{member}", Score: (long)score, Minutes: minutes);
        var property = Prop.ForAll(
            Arb.From(Gen.ArrayOf(step), Shrinking.DropOne),
            Arb.From(Gen.ArrayOf(step), Shrinking.DropOne),
            (before, after) =>
            {
                var original = new Leaderboard(Daily);
                var now = Play(original, before, Start);
                var restored = new Leaderboard(Daily);
                restored.ReadSnapshot(Write(original));
                AssertSame(original, restored);

                Play(original, after, now);
                Play(restored, after, now);
                AssertSame(original, restored);
            });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(200), property);
    }

    [Fact]
    public void Snapshot_OfManyLeaves_KeepsOrderAndSize()
    {
        var original = new Leaderboard(Daily);
        var random = new Random(4);
        original.Apply(new SeasonStarted(Start, 1, null, true, 3));
        for (var i = 0; i < 100_000; i++)
        {
            original.Apply(new ScoreRecorded(Start.AddMilliseconds(i), $"member-{i}", random.Next(5_000), 0));
        }

        var snapshot = Write(original);
        var restored = new Leaderboard(Daily);
        restored.ReadSnapshot(snapshot);

        Assert.Equal(snapshot, Write(restored));
        for (var first = 1; first < 100_000; first += 9_973)
        {
            Assert.Equal(original.GetPage(0, first, 100, 0).Value!.Items, restored.GetPage(0, first, 100, 0).Value!.Items);
        }
    }

    [Fact]
    public void ReadSnapshot_OfTheFirstFormat_Reads()
    {
        var board = new Leaderboard(Daily);

        board.ReadSnapshot(Convert.FromHexString(GoldenV1));

        Assert.Equal(
            [new LeaderboardEntry(1, "ann", 10, Start.AddMinutes(1))],
            board.GetPage(1, 1, 10, 0).Value!.Items);
        Assert.Equal(
            [new LeaderboardEntry(1, "bob", 8, Start.AddDays(1)), new LeaderboardEntry(2, "ann", 7, Start.AddDays(1))],
            board.GetPage(0, 1, 10, 0).Value!.Items);
        Assert.Equal(Start.AddDays(2), board.SeasonEndsAt);
        Assert.Equal(GoldenV1, Convert.ToHexString(Write(board)));
    }

    [Fact]
    public void ReadSnapshot_WhenAnyByteIsDamaged_Throws()
    {
        var snapshot = Convert.FromHexString(GoldenV1);
        for (var i = 0; i < snapshot.Length; i++)
        {
            var damaged = snapshot.ToArray();
            damaged[i] ^= 0x10;
            Assert.Throws<InvalidDataException>(() => new Leaderboard(Daily).ReadSnapshot(damaged));
            Assert.Throws<InvalidDataException>(() => new Leaderboard(Daily).ReadSnapshot(snapshot.AsSpan(0, i)));
        }
    }

    [Fact]
    public void ReadSnapshot_IntoABoardWithEvents_Throws()
    {
        var board = new Leaderboard(Daily).Apply(new SeasonStarted(Start, 1, null, true, 0));

        Assert.Throws<InvalidOperationException>(() => board.ReadSnapshot(Convert.FromHexString(GoldenV1)));
    }

    private static byte[] Write(Leaderboard board)
    {
        var output = new ArrayBufferWriter<byte>();
        board.WriteSnapshot(output);
        return output.WrittenSpan.ToArray();
    }

    private static DateTimeOffset Play(Leaderboard board, (string Member, long Score, int Minutes)[] steps, DateTimeOffset now)
    {
        foreach (var (member, score, minutes) in steps)
        {
            now = now.AddMinutes(minutes);
            LeaderboardCommand command = score == 0
                ? new RemoveScore("c", member)
                : new SubmitScore("c", member, score, ScoreOperator.Set, false);
            foreach (var fact in board.Decide(command, now).Events)
            {
                board.Apply(fact);
            }
        }

        return now;
    }

    private static void AssertSame(Leaderboard expected, Leaderboard actual)
    {
        Assert.Equal(expected.SeasonEndsAt, actual.SeasonEndsAt);
        var current = expected.GetPage(0, 1, 1, 0).Value!.Season;
        for (var season = 0; season <= current; season++)
        {
            var left = expected.GetPage(season, 1, 100, 0);
            var right = actual.GetPage(season, 1, 100, 0);
            Assert.Equal(left.Refusal, right.Refusal);
            Assert.Equal(left.Value?.Items, right.Value?.Items);
            Assert.Equal(left.Value?.SeasonEndsAt, right.Value?.SeasonEndsAt);
        }
    }
}
