using System.Buffers;
using Game.Domain.Leaderboards.Ranking;

namespace Game.Domain.Leaderboards;

/// <summary>
/// The binary form of a board's seasons: "GLB" and the format's version, the number of seasons, each with number, start,
/// end (0 = none) and scores in rank order, and a checksum over all of it.
/// </summary>
internal static class LeaderboardSnapshot
{
    private const byte Version = 1;

    private static ReadOnlySpan<byte> Magic => "GLB"u8;

    public static void Write(IReadOnlyCollection<LeaderboardSeason> seasons, IBufferWriter<byte> output)
    {
        var writer = new SnapshotWriter(output);
        writer.WriteBytes(Magic);
        writer.WriteByte(Version);
        writer.WriteVarint(seasons.Count);
        foreach (var season in seasons)
        {
            writer.WriteVarint(season.Number);
            writer.WriteVarint(season.StartedAt.UtcTicks);
            writer.WriteVarint(season.EndsAt?.UtcTicks ?? 0);
            season.Scores.Write(writer);
        }

        writer.Complete();
    }

    /// <exception cref="InvalidDataException">Damaged, or of an unknown format.</exception>
    public static List<LeaderboardSeason> Read(ReadOnlySpan<byte> snapshot)
    {
        var reader = new SnapshotReader(snapshot);
        if (!reader.ReadBytes(Magic.Length).SequenceEqual(Magic) || reader.ReadByte() != Version)
        {
            throw new InvalidDataException("Not a leaderboard snapshot of a known format.");
        }

        var seasons = new List<LeaderboardSeason>();
        for (var left = reader.ReadVarint(); left > 0; left--)
        {
            var number = (int)reader.ReadVarint();
            var startedAt = new DateTimeOffset(reader.ReadVarint(), TimeSpan.Zero);
            var endsAt = reader.ReadVarint();
            seasons.Add(new LeaderboardSeason(
                number,
                startedAt,
                endsAt == 0 ? null : new DateTimeOffset(endsAt, TimeSpan.Zero),
                RankedScores.Read(ref reader)));
        }

        return seasons;
    }
}
