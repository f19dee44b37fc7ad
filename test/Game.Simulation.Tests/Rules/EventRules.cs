using System.Text.Json;
using Game.Contracts.Identity;
using Game.Contracts.WorldEvents;
using Game.Domain.WorldEvents;
using Game.Grains.EventSourcing;

namespace Game.Simulation.Tests;

/// <summary>What holds for one world event in every world at rest.</summary>
internal sealed class EventRules(WorldEvent worldEvent, IReadOnlyDictionary<string, ShardLog> logs)
{
    private readonly WorldEventPlan _plan = worldEvent.Plan!;

    /// <exception cref="RuleBrokenException">Something does not hold.</exception>
    public void Check()
    {
        Require(!worldEvent.IsOpen, $"is {worldEvent.Status}");
        var fronts = logs.Values
            .Select(log => (Log: log, Front: log.EventFronts().FirstOrDefault(front => front.EventId == worldEvent.Id)))
            .Where(entry => entry.Front is { Exists: true })
            .Select(entry => (entry.Log, Front: entry.Front!))
            .ToList();
        if (worldEvent.Status == WorldEventStatus.Cancelled)
        {
            Require(fronts.Count == 0, "was cancelled before it was announced and has fronts");
            return;
        }

        Require(fronts.Count == logs.Count, $"has fronts on {string.Join(", ", fronts.Select(entry => entry.Log.Node.Name))} only");
        var outcome = worldEvent.Outcome!;
        var dealt = new List<Contribution>();
        foreach (var (log, front) in fronts)
        {
            CheckFront(log, front, outcome);
            dealt.AddRange(front.Contributors.Select(entry => new Contribution(entry.Key, entry.Value)));
        }

        Require(outcome.MissingShards.Count == 0, $"still misses {string.Join(", ", outcome.MissingShards)}");
        Require(outcome.Damage == dealt.Sum(entry => entry.Damage), $"settled {outcome.Damage}; dealt were {dealt.Sum(entry => entry.Damage)}");
        Require(outcome.Contributors == dealt.Count, $"counts {outcome.Contributors} contributors of {dealt.Count}");
        Require(Json(outcome.Top) == Json(Contributions.Top(dealt)), $"ranks {Json(outcome.Top)}");
        CheckEnding(outcome);
    }

    private void CheckFront(ShardLog log, WorldEventFront front, WorldEventOutcome outcome)
    {
        var strikes = log.Events(StreamName.Of(StreamName.EventFront, worldEvent.Id)).Select(entry => entry.Fact).OfType<BossStruck>().ToList();
        Require(front.Damage == strikes.Sum(strike => strike.Damage), $"counts {front.Damage} on {log.Node.Name}");
        Require(
            strikes.All(strike => strike.At >= _plan.StartsAt && strike.At < _plan.EndsAt),
            $"was struck on {log.Node.Name} before its start or after its end");
        Require(
            front.StartedAt is not { } started || (started >= _plan.StartsAt && started < _plan.EndsAt),
            $"started on {log.Node.Name} at {front.StartedAt}");
        Require(front.ClosedAt is not null, $"is open on {log.Node.Name}");
        Require(Json(front.Outcome) == Json(outcome), $"ended {Json(outcome)}, on {log.Node.Name} {Json(front.Outcome)}");
        Require(
            front.PayingOutcome is { } paying && !paying.MissingShards.Contains(log.Node.Name),
            $"pays on {log.Node.Name} by an outcome that does not count it");
        Require(front.RewardsPaid, $"has not paid on {log.Node.Name}");
        var listed = log.Events(StreamName.Of(StreamName.WorldEventDirectory, log.Node.Name))
            .Aggregate(WorldEventDirectory.Initial(log.Node.Name), (state, entry) => state.Apply(entry.Fact))
            .Find(worldEvent.Id, _plan.EndsAt);
        Require(
            listed is { Status: WorldEventStatus.Settled } && listed.Ending == outcome.Ending && listed.Damage == outcome.Damage,
            $"is listed on {log.Node.Name} as {listed}");
    }

    /// <summary>One kill or none; and none only if the damage known at the settlement did not reach the hit points.</summary>
    private void CheckEnding(WorldEventOutcome outcome)
    {
        var facts = logs[EntityId.ShardOf(worldEvent.Id)].Events(StreamName.Of(StreamName.WorldEvent, worldEvent.Id))
            .Select(entry => entry.Fact).ToList();
        var kills = facts.OfType<BossKilled>().ToList();
        var first = facts.OfType<WorldEventSettled>().Single().Outcome;
        Require(kills.Count == (outcome.Ending == WorldEventEnding.Killed ? 1 : 0), $"ended {outcome.Ending} with {kills.Count} kills");
        Require(kills.All(kill => kill.Damage >= _plan.HitPoints), "was killed too early");
        Require(first.Ending == outcome.Ending, $"ended {first.Ending} and then {outcome.Ending}");
        Require(
            outcome.Ending != WorldEventEnding.TimeUp || first.Damage < _plan.HitPoints,
            $"escaped with {first.Damage} of {_plan.HitPoints}");
    }

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, EventCodec.Json);

    private void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new RuleBrokenException($"event {worldEvent.Id} {otherwise}");
        }
    }
}
