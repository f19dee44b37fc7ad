using Game.Contracts;
using Game.Contracts.Players;
using Game.Contracts.Wars;
using Game.EventStore;
using Game.Grains.EventSourcing;
using Orleans.Serialization.Invocation;

namespace Game.Simulation.Tests;

/// <summary>Planted defects of what grains ask of each other and answer.</summary>
internal sealed class DefectiveCalls(World world, string shard)
{
    private readonly Dictionary<(string War, string Shard), WarPoints> _known = [];
    private readonly HashSet<(string War, string Shard)> _final = [];

    private Defect Defect => world.Plan.Defect;

    public void OnSending(GrainId target, IInvokable request)
    {
        if (request.GetArgumentCount() == 0)
        {
            return;
        }

        switch (Defect, request.GetArgument(0))
        {
            case (Defect.RefundForgotten, RefundDeposit refund):
                request.SetArgument(0, refund with { Amount = 0 });
                break;
            case (Defect.AwardIdWithClock, AwardExperience award):
                request.SetArgument(0, award with { CommandId = $"{award.CommandId}/{world.Clock.GetTimestamp()}" });
                break;
            case (Defect.DeltaReported, ReportFront report):
                var before = _known.GetValueOrDefault((target.Key.ToString()!, report.Shard));
                _known[(target.Key.ToString()!, report.Shard)] = report.Points;
                request.SetArgument(
                    0,
                    report with
                    {
                        Points = new WarPoints(
                            Math.Max(0, report.Points.Attacker - before.Attacker), Math.Max(0, report.Points.Defender - before.Defender)),
                    });
                break;
            case (Defect.StaleReportReplaces, ReportFront report):
                Replace(target.Key.ToString()!, report);
                break;
        }
    }

    public Response OnAnswering(Response response)
    {
        if (Defect != Defect.UnavailableTakenAsRefused || response.Exception is not null || response.Result is not { } result)
        {
            return response;
        }

        var type = result.GetType();
        return type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Outcome<>)
            && type.GetProperty(nameof(Outcome<int>.Refusal))!.GetValue(result) is Refusal { Kind: RefusalKind.Unavailable } refusal
            ? Refuse(type.GenericTypeArguments[0], refusal with { Kind = RefusalKind.Conflict })
            : response;
    }

    private static Response Refuse(Type view, Refusal refusal)
    {
        var outcome = typeof(Outcome).GetMethod(nameof(Outcome.Refuse))!.MakeGenericMethod(view).Invoke(null, [refusal])!;
        return (Response)typeof(Response).GetMethod(nameof(Response.FromResult))!
            .MakeGenericMethod(outcome.GetType()).Invoke(null, [outcome])!;
    }

    /// <summary>Stores what a war would store that takes every report as it comes.</summary>
    private void Replace(string war, ReportFront report)
    {
        if (report.Final)
        {
            _final.Add((war, report.Shard));
        }
        else if (_final.Contains((war, report.Shard)))
        {
            world.Trace.Add($"defect: a stale report of {report.Shard} replaces its final one in {war}");
            world.Run(() => StoreAsync(war, report));
        }
    }

    private async Task StoreAsync(string war, ReportFront report)
    {
        var store = world.Shards[shard].Store;
        var stream = StreamName.Of(StreamName.War, war);
        var fact = EventCodec.ForGame().Encode(new FrontReported(world.Clock.GetUtcNow(), report.Shard, report.Points, true));
        var commit = new Commit($"{report.CommandId}/stale", "", world.Clock.GetUtcNow(), [fact]);
        var actual = await store.AppendAsync(stream, long.MaxValue - 1_000_000, [commit]);
        await store.AppendAsync(stream, actual.Version, [commit]);
    }
}
