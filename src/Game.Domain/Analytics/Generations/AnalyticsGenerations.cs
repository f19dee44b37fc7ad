using System.Collections.Immutable;
using Game.Contracts;
using Game.Contracts.Analytics;

namespace Game.Domain.Analytics.Generations;

/// <summary>
/// The generations of a shard's windows: which are folded, which is shown, and how far the one has come that is being computed.
/// </summary>
public sealed record AnalyticsGenerations : IAggregate<AnalyticsGenerations, GenerationsCommand>
{
    /// <summary>Most generations that are not retired: each costs as much as the first.</summary>
    public const int MaxFolded = 3;

    public const int MaxNumber = 1_000_000;

    private const string OtherStreams = "its offsets are those of streams in memory";

    public int Shown { get; init; } = 1;

    /// <summary>By number.</summary>
    public ImmutableArray<GenerationView> Generations { get; init; } = [new GenerationView(1, null, null, GenerationPhase.Live)];

    /// <summary>Of the one that is being computed, by partition.</summary>
    public ImmutableArray<PartitionPlace> Places { get; init; } = [];

    public static AnalyticsGenerations Initial(string id) => new();

    public Decision Decide(GenerationsCommand command, DateTimeOffset now) => command switch
    {
        BeginRecompute c => Begin(c, now),
        MoveRecompute c => Move(c, now),
        JoinRecompute c => Find(c.Generation) is { Phase: GenerationPhase.Computing }
            ? new RecomputeJoined(now, c.Generation)
            : NotIn(c.Generation, GenerationPhase.Joining),
        FinishRecompute c => Find(c.Generation) is { Phase: GenerationPhase.Joining }
            ? new RecomputeFinished(now, c.Generation)
            : NotIn(c.Generation, GenerationPhase.Live),
        ShowGeneration c => Show(c, now),
        RetireGeneration c => Retire(c, now),

        // Each bucket says so; the first word of it counts.
        LeaveMemory c => Find(c.Generation) is { Phase: not GenerationPhase.Retired }
            ? new MemoryLeft(now, Generations[^1].Number + 1, new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero), Shown)
            : Decision.Nothing,
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "Generations do not know this command."),
    };

    public AnalyticsGenerations Apply(GameEvent fact) => fact switch
    {
        RecomputeBegun e => this with
        {
            Generations = Generations.Add(new GenerationView(e.Generation, e.From, e.Base, GenerationPhase.Computing)),
            Places = [.. e.Places.OrderBy(place => place.Partition)],
        },
        RecomputeMoved e => this with { Places = [.. e.Places] },
        RecomputeJoined e => With(e.Generation, generation => generation with { Phase = GenerationPhase.Joining }),
        RecomputeFinished e => With(e.Generation, generation => generation with { Phase = GenerationPhase.Live }) with { Places = [] },
        GenerationShown e => this with { Shown = e.Generation },
        GenerationRetired e => With(e.Generation, generation => generation with { Phase = GenerationPhase.Retired, Reason = e.Reason }) with
        {
            Places = Find(e.Generation) is { Phase: GenerationPhase.Live } ? Places : [],
        },
        MemoryLeft e => this with
        {
            Shown = e.Generation,
            Places = [],
            Generations =
            [
                .. Generations.Select(generation => generation.Phase == GenerationPhase.Retired
                    ? generation
                    : generation with { Phase = GenerationPhase.Retired, Reason = OtherStreams }),
                new GenerationView(e.Generation, e.From, e.Base, GenerationPhase.Live),
            ],
        },
        _ => throw new ArgumentOutOfRangeException(nameof(fact), fact, "A stream of generations does not hold this event."),
    };

    public GenerationsView ToView() => new(Shown, [.. Generations], [.. Places]);

    public FoldPlan ToPlan() => new(
        Shown,
        [.. Generations.Where(generation => generation.Phase == GenerationPhase.Live).Select(generation => generation.Number)],
        Generations.FirstOrDefault(generation => generation.Phase == GenerationPhase.Joining)?.Number);

    /// <summary>Why windows cannot be computed again from that time on, whatever the topic keeps; null if they can.</summary>
    public static Refusal? CheckFrom(DateTimeOffset from, DateTimeOffset now) =>
        from.Offset != TimeSpan.Zero || from.TimeOfDay != TimeSpan.Zero
            ? Refusal.Invalid("from", "a UTC midnight, as in 2026-03-01T00:00:00Z: where windows of every length begin")
            : from > now ? Refusal.Invalid("from", "no later than now")
            : null;

    private Decision Begin(BeginRecompute c, DateTimeOffset now)
    {
        var folded = Generations.Count(generation => generation.Phase != GenerationPhase.Retired);
        return CheckFrom(c.From, now) is { } refusal ? refusal
            : Find(c.Generation) is { } there && there.From == c.From && there.Phase != GenerationPhase.Retired ? Decision.Nothing
            : ToView().Computed() is { } running ? Refusal.Conflict(
                RefusalCodes.RecomputeRunning, $"Generation {running.Number} is being computed; let it finish, or retire it.")
            : folded >= MaxFolded ? Refusal.Conflict(
                RefusalCodes.TooManyGenerations, $"{MaxFolded} generations are folded; retire one that is not shown.")
            : c.Generation <= Generations[^1].Number || c.Generation > MaxNumber
                ? Refusal.Invalid("generation", $"{Generations[^1].Number + 1} to {MaxNumber}")
            : c.Places.Count == 0 ? Refusal.Invalid("places", "one a partition")
            : new RecomputeBegun(now, c.Generation, c.From, Shown, c.Places);
    }

    private Decision Move(MoveRecompute c, DateTimeOffset now)
    {
        if (Find(c.Generation) is not { Phase: GenerationPhase.Computing or GenerationPhase.Joining })
        {
            return Decision.Nothing;
        }

        // Whoever says so has folded in order from a durable place: the furthest holds.
        ImmutableArray<PartitionPlace> moved =
        [
            .. Places.Select(place => place with
            {
                Next = Math.Max(place.Next, c.Places.FirstOrDefault(other => other.Partition == place.Partition)?.Next ?? place.Next),
            }),
        ];
        return moved.SequenceEqual(Places) ? Decision.Nothing : new RecomputeMoved(now, moved);
    }

    private Decision Show(ShowGeneration c, DateTimeOffset now) => Find(c.Generation) switch
    {
        null => Unknown(c.Generation),
        { Phase: GenerationPhase.Retired } => Refusal.Conflict(
            RefusalCodes.GenerationRetired, $"Generation {c.Generation} is retired: it lacks what came since."),
        { Phase: GenerationPhase.Live } => Shown == c.Generation ? Decision.Nothing : new GenerationShown(now, c.Generation),
        _ => Refusal.Conflict(RefusalCodes.GenerationNotReady, $"Generation {c.Generation} is still being computed."),
    };

    private Decision Retire(RetireGeneration c, DateTimeOffset now) => Find(c.Generation) switch
    {
        null => Unknown(c.Generation),
        { Phase: GenerationPhase.Retired } => Decision.Nothing,
        _ => Shown == c.Generation
            ? Refusal.Conflict(RefusalCodes.GenerationShown, $"Generation {c.Generation} is shown; switch to another one first.")
            : new GenerationRetired(now, c.Generation, c.Reason),
    };

    /// <summary>Accepted if it is there already; a late word about one that was retired meanwhile is refused.</summary>
    private Decision NotIn(int generation, GenerationPhase wanted) =>
        Find(generation) is { Phase: not GenerationPhase.Retired } there && there.Phase >= wanted
            ? Decision.Nothing
            : Refusal.Conflict(RefusalCodes.GenerationNotReady, $"Generation {generation} is not being computed.");

    private static Refusal Unknown(int generation) =>
        Refusal.NotFound(RefusalCodes.GenerationUnknown, $"There is no generation {generation}.");

    private GenerationView? Find(int number) => Generations.FirstOrDefault(generation => generation.Number == number);

    private AnalyticsGenerations With(int number, Func<GenerationView, GenerationView> change) => this with
    {
        Generations = [.. Generations.Select(generation => generation.Number == number ? change(generation) : generation)],
    };
}
