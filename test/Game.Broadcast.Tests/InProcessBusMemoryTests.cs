using Xunit;

namespace Game.Broadcast.Tests;

/// <summary>Alone in the process: its memory is everybody's.</summary>
[CollectionDefinition(nameof(InProcessBusMemoryTests), DisableParallelization = true)]
[Collection(nameof(InProcessBusMemoryTests))]
public sealed class InProcessBusMemoryTests : IDisposable
{
    private readonly BusDirectory _directory = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task QueueWithoutConsumer_KeepsABoundedPartInMemory()
    {
        await using var bus = _directory.Open(configure: options => options with { WindowBytes = 256 * 1024 });
        await bus.DeclareQueueAsync(new QueueDeclaration("q", [new QueueBinding(Exchanges.Guild, "#")]), Cancelled);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 400; i++)
        {
            await bus.PublishAsync(
                new($"{i}", Exchanges.Guild, "a", "s01", 1, "guild/x", "guild.test", 1, new byte[BroadcastMessage.MaxBodyBytes]), Cancelled);
        }

        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.InRange(grown, long.MinValue, 5 * 1024 * 1024);
        Assert.Equal(400, (await bus.GetDepthAsync("q", Cancelled)).Ready);
    }
}
