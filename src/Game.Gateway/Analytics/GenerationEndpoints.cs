using System.Globalization;
using Game.Contracts;
using Game.Contracts.Analytics;
using Game.Gateway.Audit;
using Game.Gateway.Http;

namespace Game.Gateway.Analytics;

/// <summary>
/// Computes analytics again and switches over, for operators: on all shards that this gateway reaches, under one number. Each step is
/// checked with every shard before it is taken on the first; one that could not be reached in between is made good by asking again.
/// </summary>
internal static class GenerationEndpoints
{
    /// <param name="management">Behind the operator's login.</param>
    public static void Map(RouteGroupBuilder management)
    {
        var generations = management.MapGroup("/ops/analytics").AddEndpointFilterFactory(RequestGuard.Create);
        generations.MapGet("/generations", ListAsync);
        generations.MapPost("/recompute", RecomputeAsync);
        generations.MapPost("/switch", SwitchAsync);
        generations.MapPost("/retire", RetireAsync);
    }

    private static async Task<IResult> ListAsync(ShardRouter shards, CancellationToken cancellationToken) => Reply.Ok(new
    {
        Shards = await Task.WhenAll(shards.All.Select(async shard =>
        {
            var view = await GenerationsOf(shards, shard).GetAsync();
            return new { Shard = shard, view.Shown, view.Generations, Recompute = await RecomputeOf(shards, shard).GetStatusAsync() };
        })).WaitAsync(cancellationToken),
    });

    private static Task<IResult> RecomputeAsync(JsonBody<RecomputeBody> body, HttpContext context, ShardRouter shards)
    {
        var (from, after) = (body.Value.Time, body.Value.After);
        return ActAsync(context, "analytics.recompute", from.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture), async () =>
        {
            var views = await Task.WhenAll(shards.All.Select(shard => GenerationsOf(shards, shard).GetAsync()));
            if (after is { } seen && AskedBefore(views, from, seen) is { } asked)
            {
                // Whatever has become of it since: it is not begun twice.
                var begun = views.Select(view => view.Find(asked)).ToList();
                if (!begun.Contains(null))
                {
                    return (null, Accepted(asked));
                }

                return begun.Exists(generation => generation?.Phase == GenerationPhase.Retired)
                    ? (Refusal.Conflict(RefusalCodes.GenerationRetired, $"Generation {asked} was given up before all shards had begun it."), Accepted(asked))
                    : await BeginAsync(asked);
            }

            return await BeginAsync(NumberOf(views, from));

            async Task<(Refusal? Refusal, IResult Answer)> BeginAsync(int generation) => (
                await OnAllAsync(shards, shard => RecomputeOf(shards, shard).CheckAsync(generation, from))
                    ?? await OnAllAsync(shards, async shard => (await RecomputeOf(shards, shard).BeginAsync(generation, from)).Refusal),
                Accepted(generation));

            IResult Accepted(int generation) => Reply.Accepted(new { Generation = generation, From = from });
        });
    }

    /// <summary>The number of a recomputation that whoever asks has not seen, from the same day on; null: there is none.</summary>
    private static int? AskedBefore(IReadOnlyList<GenerationsView> views, DateTimeOffset from, int after) =>
        views.SelectMany(view => view.Generations).Where(generation => generation.From == from && generation.Number > after)
            .Max(generation => (int?)generation.Number);

    private static Task<IResult> SwitchAsync(JsonBody<GenerationBody> body, HttpContext context, ShardRouter shards) =>
        ChangeAsync(context, shards, "analytics.switch", body.Value.Generation, id => new ShowGeneration(id, body.Value.Generation));

    private static Task<IResult> RetireAsync(JsonBody<GenerationBody> body, HttpContext context, ShardRouter shards) =>
        ChangeAsync(context, shards, "analytics.retire", body.Value.Generation, id => new RetireGeneration(id, body.Value.Generation, null));

    private static Task<IResult> ChangeAsync(
        HttpContext context, ShardRouter shards, string action, int generation, Func<string, GenerationsCommand> change)
    {
        // Asked for again it is asked for anew: a generation may be shown, left and shown again.
        var command = change($"operator:{Guid.NewGuid():N}");
        return ActAsync(context, action, generation.ToString(CultureInfo.InvariantCulture), async () =>
        {
            var refusal = await OnAllAsync(shards, shard => GenerationsOf(shards, shard).CheckAsync(command))
                ?? await OnAllAsync(shards, async shard => (await GenerationsOf(shards, shard).HandleAsync(command)).Refusal);
            return (refusal, Reply.Ok(new { Generation = generation }));
        });
    }

    /// <summary>The next number; that of the same recomputation, where a shard has missed it.</summary>
    private static int NumberOf(IReadOnlyList<GenerationsView> views, DateTimeOffset from)
    {
        var begun = views.SelectMany(view => view.Generations)
            .Where(generation => generation.From == from && generation.Phase != GenerationPhase.Retired)
            .Select(generation => generation.Number)
            .DefaultIfEmpty()
            .Max();
        var isOpen = views.Any(view => view.Computed()?.Number == begun || view.Generations[^1].Number < begun);
        return begun > 0 && isOpen ? begun : views.Max(view => view.Generations[^1].Number) + 1;
    }

    /// <returns>The first refusal, with its shard; null: none.</returns>
    private static async Task<Refusal?> OnAllAsync(ShardRouter shards, Func<string, Task<Refusal?>> ask)
    {
        var refusals = await Task.WhenAll(shards.All.Select(async shard => await ask(shard) is { } refusal
            ? refusal with { Detail = $"Shard {shard}: {refusal.Detail}" }
            : null));
        return Array.Find(refusals, refusal => refusal is not null);
    }

    private static Task<IResult> ActAsync(
        HttpContext context, string action, string target, Func<Task<(Refusal? Refusal, IResult Answer)>> act) =>
        AuditedAction.RunAsync(context, action, target, async cancellationToken =>
        {
            var (refusal, answer) = await act().WaitAsync(cancellationToken);
            return refusal is null ? ("done", answer) : (refusal.Code, Reply.Refused(refusal));
        });

    private static IAnalyticsGenerationsGrain GenerationsOf(ShardRouter shards, string shard) =>
        shards.On(shard).GetGrain<IAnalyticsGenerationsGrain>(shard);

    private static IRecomputeGrain RecomputeOf(ShardRouter shards, string shard) => shards.On(shard).GetGrain<IRecomputeGrain>(shard);
}

/// <param name="From">A day, or its midnight, in UTC.</param>
/// <param name="After">
/// The highest number that the caller has seen: one from the same day on that is higher is what he asked for before, whose answer was lost.
/// </param>
internal sealed record RecomputeBody(string From, int? After = null) : IRequestBody
{
    public DateTimeOffset Time => TryRead(out var time) ? time : throw new InvalidOperationException("The body was refused.");

    public Refusal? Check() =>
        !TryRead(out _) ? Refusal.Invalid("from", "a day as in 2026-03-01, or its midnight as in 2026-03-01T00:00:00Z")
        : After < 1 ? Refusal.Invalid("after", "1 or more, or nothing")
        : null;

    private bool TryRead(out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        From,
        ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mmK"],
        CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
        out time) && time.Year is >= 1971 and <= 9000;
}

internal sealed record GenerationBody(int Generation) : IRequestBody
{
    public Refusal? Check() => Generation >= 1 ? null : Refusal.Invalid("generation", "1 or more");
}
