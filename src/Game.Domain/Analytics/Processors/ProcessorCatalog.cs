namespace Game.Domain.Analytics.Processors;

/// <summary>The processors that run. A new one is a class and a line here.</summary>
public static class ProcessorCatalog
{
    public static IReadOnlyList<Processor> All { get; } =
    [
        new BehaviourProcessor(),
        new BalanceProcessor(),
        new RevenueProcessor(),
        new AnomalyProcessor(),
    ];

    public static Processor? Find(string? name) => All.FirstOrDefault(processor => processor.Name == name);
}
