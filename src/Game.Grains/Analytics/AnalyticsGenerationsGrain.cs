using Game.Contracts;
using Game.Contracts.Analytics;
using Game.Domain.Analytics.Generations;
using Game.Grains.EventSourcing;

namespace Game.Grains.Analytics;

[Reentrant]
public sealed class AnalyticsGenerationsGrain(EventSourcingServices services)
    : EventSourcedGrain<AnalyticsGenerations, GenerationsCommand>(services), IAnalyticsGenerationsGrain
{
    protected override string Category => StreamName.Generations;

    public async Task<FoldPlan> GetPlanAsync() => (await ReadAsync()).ToPlan();

    public async Task<GenerationsView> GetAsync() => (await ReadAsync()).ToView();

    public Task<Outcome<GenerationsView>> HandleAsync(GenerationsCommand command) => ExecuteAsync(command, state => state.ToView());

    public async Task<Refusal?> CheckAsync(GenerationsCommand command) => (await ReadAsync()).Decide(command, Now).Refusal;
}
