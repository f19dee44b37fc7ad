using System.Buffers;
using Game.Contracts;
using Game.Contracts.Leaderboards;
using Game.Domain.Leaderboards.Ranking;
using Game.Domain.Time;

namespace Game.Domain.Leaderboards;

/// <summary>
/// A board of one shard: its current season and the past ones it keeps. Mutable; one owner at a time.
/// </summary>
/// <remarks>
/// Deciding needs the board's settings, folding does not: events carry what they need of them. So the grain starts from
/// <see cref="Leaderboard(LeaderboardDefinition)"/>, while a replay without settings starts from <see cref="Initial"/> and
/// reads everything but accepts no command.
/// </remarks>
public sealed class Leaderboard : IAggregate<Leaderboard, LeaderboardCommand>
{
    private static readonly string ScoreLimit = $"0 to {LeaderboardLimits.MaxScore}";

    private readonly string _id;
    private readonly LeaderboardDefinition? _definition;
    private readonly CronSchedule? _schedule;

    // Oldest first; the last one is the current season.
    private readonly List<LeaderboardSeason> _seasons = [];

    /// <exception cref="FormatException">The definition's schedule is not a cron expression.</exception>
    public Leaderboard(LeaderboardDefinition definition)
        : this(definition.Id)
    {
        _definition = definition;
        _schedule = definition.Reset is { } cron ? CronSchedule.Parse(cron) : null;
    }

    private Leaderboard(string id)
    {
        _id = id;
    }

    /// <summary>When the current season is over and a command or <see cref="RollSeason"/> starts the next; null: never, or none has begun.</summary>
    public DateTimeOffset? SeasonEndsAt => Current is { } season ? EndOf(season) : null;

    private LeaderboardSeason? Current => _seasons.Count == 0 ? null : _seasons[^1];

    public static Leaderboard Initial(string id) => new(id);

    public Decision Decide(LeaderboardCommand command, DateTimeOffset now)
    {
        if (_definition is null)
        {
            return Refusal.NotFound(RefusalCodes.BoardUnknown, $"No leaderboard '{_id}' is declared here.");
        }

        return command switch
        {
            SubmitScore submit => DecideSubmit(submit, _definition, now),
            RemoveScore remove => DecideRemove(remove, now),
            RollSeason => SeasonIsOver(now) ? NextSeason(_definition, now) : Decision.Nothing,
            _ => throw new ArgumentException($"A leaderboard has no command {command.GetType().Name}.", nameof(command)),
        };
    }

    public Leaderboard Apply(GameEvent fact)
    {
        switch (fact)
        {
            case SeasonStarted started:
                _seasons.Add(new LeaderboardSeason(
                    started.Season, started.At, started.EndsAt, new RankedScores(started.Descending)));
                _seasons.RemoveRange(0, Math.Max(0, _seasons.Count - 1 - started.Retained));
                break;
            case ScoreRecorded recorded:
                CurrentScores.Set(recorded.Member, recorded.Score, recorded.At);
                break;
            case ScoreRemoved removed:
                CurrentScores.Remove(removed.Member);
                break;
            default:
                throw new ArgumentException($"A leaderboard has no event {fact.GetType().Name}.", nameof(fact));
        }

        return this;
    }

    /// <summary>Up to <paramref name="count"/> entries of a season (0 = current) from rank <paramref name="firstRank"/> on.</summary>
    public Outcome<LeaderboardPage> GetPage(int season, long firstRank, int count, long version)
    {
        if (firstRank < 1)
        {
            return Outcome.Refuse<LeaderboardPage>(Refusal.Invalid("rank", "1 or more"));
        }

        return count is < 1 or > LeaderboardLimits.MaxPageSize
            ? Outcome.Refuse<LeaderboardPage>(Refusal.Invalid("count", $"1 to {LeaderboardLimits.MaxPageSize}"))
            : ReadPage(season, version, scores => scores.Page(firstRank, count));
    }

    /// <summary>The member's entry of a season (0 = current) between up to <paramref name="reach"/> neighbours on either side.</summary>
    public Outcome<LeaderboardPage> GetAround(int season, string member, int reach, long version)
    {
        if (reach is < 0 or > LeaderboardLimits.MaxReach)
        {
            return Outcome.Refuse<LeaderboardPage>(Refusal.Invalid("reach", $"0 to {LeaderboardLimits.MaxReach}"));
        }

        var page = ReadPage(season, version, scores => scores.Around(member, reach));
        return page is { Accepted: true, Value.Items: [] } ? Outcome.Refuse<LeaderboardPage>(NotRanked) : page;
    }

    /// <summary>The member's entry in a season (0 = current).</summary>
    public Outcome<LeaderboardEntry> GetRank(int season, string member, long version)
    {
        if (!TryFind(season, out var found))
        {
            return Outcome.Refuse<LeaderboardEntry>(SeasonUnknown);
        }

        return found?.Scores.EntryOf(member) is { } entry
            ? Outcome.Accept(entry, version)
            : Outcome.Refuse<LeaderboardEntry>(NotRanked);
    }

    /// <summary>What a ranking over all shards needs of the current season: see <see cref="GlobalRanking"/>.</summary>
    public Outcome<LeaderboardDigest> GetDigest(string shard, int top, int samples, long version)
    {
        if (top is < 0 or > LeaderboardLimits.MaxPageSize)
        {
            return Outcome.Refuse<LeaderboardDigest>(Refusal.Invalid("top", $"0 to {LeaderboardLimits.MaxPageSize}"));
        }

        if (samples is < 1 or > LeaderboardLimits.MaxDigestSamples)
        {
            return Outcome.Refuse<LeaderboardDigest>(Refusal.Invalid("samples", $"1 to {LeaderboardLimits.MaxDigestSamples}"));
        }

        var digest = Current is { } season
            ? GlobalRanking.Digest(shard, EndOf(season), season.Scores, top, samples)
            : new LeaderboardDigest(shard, null, _definition?.Descending ?? true, 0, [], 1, []);
        return Outcome.Accept(digest, version);
    }

    /// <summary>Writes the state in a versioned binary form with a checksum: docs/leaderboards.md.</summary>
    public void WriteSnapshot(IBufferWriter<byte> output) => LeaderboardSnapshot.Write(_seasons, output);

    /// <summary>Takes over a written state. This board must not have seen an event.</summary>
    /// <exception cref="InvalidDataException">Damaged, or of a format that this version does not know.</exception>
    public void ReadSnapshot(ReadOnlySpan<byte> snapshot)
    {
        if (_seasons.Count > 0)
        {
            throw new InvalidOperationException("Only a board without events takes over a snapshot.");
        }

        _seasons.AddRange(LeaderboardSnapshot.Read(snapshot));
    }

    private static Refusal NotRanked { get; } = Refusal.NotFound(RefusalCodes.NotRanked, "The member has no entry in this season.");

    private static Refusal SeasonUnknown { get; } = Refusal.NotFound(RefusalCodes.SeasonUnknown, "The board has no such season, or keeps it no longer.");

    private RankedScores CurrentScores =>
        Current?.Scores ?? throw new InvalidOperationException($"The log of leaderboard '{_id}' does not begin with a season.");

    private Decision DecideSubmit(SubmitScore command, LeaderboardDefinition definition, DateTimeOffset now)
    {
        if (Check(command, definition) is { } invalid)
        {
            return invalid;
        }

        var over = SeasonIsOver(now);
        var scores = over ? null : CurrentScores;
        long old = 0;
        var known = scores is not null && scores.TryGetScore(command.Member, out old);
        var score = command.Operator switch
        {
            ScoreOperator.Increment => old + command.Score,
            ScoreOperator.Decrement => old - command.Score,
            ScoreOperator.Best when known && !IsBetter(command.Score, old, scores!.Descending) => old,
            _ => command.Score,
        };
        if (score is < 0 or > LeaderboardLimits.MaxScore)
        {
            return new Refusal(
                RefusalKind.Conflict, RefusalCodes.ScoreOutOfRange, $"The score would become {score}.", "score", ScoreLimit);
        }

        if (known && score == old)
        {
            return Decision.Nothing;
        }

        return scores is null
            ? Decision.Accept(NextSeason(definition, now), new ScoreRecorded(now, command.Member, score, 1))
            : new ScoreRecorded(now, command.Member, score, scores.RankIfSet(command.Member, score));
    }

    private Decision DecideRemove(RemoveScore command, DateTimeOffset now) =>
        SeasonIsOver(now) || !CurrentScores.TryGetScore(command.Member, out _)
            ? NotRanked
            : new ScoreRemoved(now, command.Member);

    private static Refusal? Check(SubmitScore command, LeaderboardDefinition definition)
    {
        if (!RankedScores.IsValidMember(command.Member))
        {
            return Refusal.Invalid("member", $"1 to {LeaderboardLimits.MaxMemberBytes} bytes of UTF-8");
        }

        if (command.Operator != definition.Operator)
        {
            return Refusal.Invalid("operator", $"{definition.Operator} on this board", RefusalCodes.OperatorNotAllowed);
        }

        if (definition.Authoritative && !command.FromServer)
        {
            return Refusal.Forbidden(RefusalCodes.BoardAuthoritative, "Only servers submit to this board.");
        }

        return command.Score is < 0 or > LeaderboardLimits.MaxScore ? Refusal.Invalid("score", ScoreLimit) : null;
    }

    private static bool IsBetter(long score, long than, bool descending) => descending ? score > than : score < than;

    private bool SeasonIsOver(DateTimeOffset now) => Current is not { } season || EndOf(season) <= now;

    /// <summary>A season that began without an end gets one when a schedule is declared later.</summary>
    private DateTimeOffset? EndOf(LeaderboardSeason season) => season.EndsAt ?? _schedule?.Next(season.StartedAt);

    /// <summary>One season however many ends have passed: a time in which nobody scored makes none of its own.</summary>
    private SeasonStarted NextSeason(LeaderboardDefinition definition, DateTimeOffset now) =>
        new(now, (Current?.Number ?? 0) + 1, _schedule?.Next(now), definition.Descending, definition.RetainSeasons);

    /// <summary>Finds a season by number; 0 is the current one, which is null before the first.</summary>
    private bool TryFind(int number, out LeaderboardSeason? season)
    {
        season = number == 0 ? Current : _seasons.Find(s => s.Number == number);
        return number == 0 || season is not null;
    }

    private Outcome<LeaderboardPage> ReadPage(
        int season, long version, Func<RankedScores, IReadOnlyList<LeaderboardEntry>> read)
    {
        if (!TryFind(season, out var found))
        {
            return Outcome.Refuse<LeaderboardPage>(SeasonUnknown);
        }

        var page = found is null
            ? new LeaderboardPage(_id, 0, 0, null, [])
            : new LeaderboardPage(_id, found.Number, found.Scores.Count, EndOf(found), read(found.Scores));
        return Outcome.Accept(page, version);
    }
}
