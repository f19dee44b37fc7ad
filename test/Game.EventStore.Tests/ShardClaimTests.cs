using Game.EventStore.Postgres;
using Game.LocalServers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.EventStore.Tests;

/// <summary>Who may use a shard's database, and who waits for it.</summary>
public sealed class ShardClaimTests(PostgresFixture fixture)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FirstSiloClaimsTheDatabase_OthersOfTheSameShardMayUseItToo()
    {
        var database = await new PostgresDatabase(fixture).GetAsync();
        await OpenAsync(database, new ShardClaim("s01", "a", 1, 1));
        await OpenAsync(database, new ShardClaim("s01", "a", 1, 1));
    }

    [Fact]
    public async Task SiloOfAnotherShardAndCluster_IsToldBothAtOnce()
    {
        var database = await new PostgresDatabase(fixture).GetAsync();
        await OpenAsync(database, new ShardClaim("s01", "a", 1, 1));
        var failure = await RefusedAsync(database, new ShardClaim("s02", "b", 1, 1), TimeProvider.System);
        Assert.Contains("belongs to shard s01, not s02", failure, StringComparison.Ordinal);
        Assert.Contains("belongs to cluster a, not b", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BuildsThatUnderstandEachOther_RunTogether_OthersDoNot()
    {
        var database = await new PostgresDatabase(fixture).GetAsync();
        await OpenAsync(database, new ShardClaim("s01", "a", contract: 3, oldestContract: 2));

        // A roll forward: the new build beside the old one, and an old one that starts again meanwhile.
        await OpenAsync(database, new ShardClaim("s01", "a", contract: 4, oldestContract: 3));
        await OpenAsync(database, new ShardClaim("s01", "a", contract: 3, oldestContract: 2));

        Assert.Contains("contract version", await RefusedAsync(database, new ShardClaim("s01", "a", 2, 1), TimeProvider.System), StringComparison.Ordinal);
        Assert.Contains("contract version", await RefusedAsync(database, new ShardClaim("s01", "a", 6, 5), TimeProvider.System), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-60)]
    [InlineData(60)]
    public async Task SiloWhoseClockIsOff_IsRefused(int seconds)
    {
        var database = await new PostgresDatabase(fixture).GetAsync();
        var failure = await RefusedAsync(database, new ShardClaim("s01", "a", 1, 1), new ShiftedClock(TimeSpan.FromSeconds(seconds)));
        Assert.Contains("s apart, more than 5 s", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerAwayAtTheStart_IsWaitedFor_WithClearLines()
    {
        await fixture.GetAsync();
        await using var server = await PostgresServer.StartAsync(Cancelled);
        var database = await server.CreateDatabaseAsync(Cancelled);
        await PostgresSchema.MigrateAsync(database, Cancelled);
        await server.KillAsync();
        var lines = new Lines();
        var opening = new ShardClaim("s01", "a", 1, 1).OpenAsync(database, TimeSpan.FromMinutes(1), TimeProvider.System, lines, Cancelled);
        Assert.Contains("Shard s01 waits for its store", await lines.First.Task.WaitAsync(Cancelled), StringComparison.Ordinal);
        await server.RestartAsync(Cancelled);
        await using var store = await opening;
        Assert.Equal(0, await store.GetHeadAsync(Cancelled));
    }

    [Fact]
    public async Task ServerThatStaysAway_IsGivenUp()
    {
        var failure = await Assert.ThrowsAsync<EventStoreException>(() => new ShardClaim("s01", "a", 1, 1).OpenAsync(
            "Host=127.0.0.1;Port=1;Username=game;Database=x", TimeSpan.FromSeconds(1), TimeProvider.System, NullLogger.Instance, Cancelled));
        Assert.Contains("does not answer", failure.Message, StringComparison.Ordinal);
    }

    private static async Task OpenAsync(string database, ShardClaim claim)
    {
        await using var store = await claim.OpenAsync(database, TimeSpan.Zero, TimeProvider.System, NullLogger.Instance, Cancelled);
    }

    private static async Task<string> RefusedAsync(string database, ShardClaim claim, TimeProvider clock) =>
        (await Assert.ThrowsAsync<EventStoreException>(() => claim.OpenAsync(database, TimeSpan.FromSeconds(30), clock, NullLogger.Instance, Cancelled))).Message;

    private sealed class ShiftedClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }

    private sealed class Lines : ILogger
    {
        public TaskCompletionSource<string> First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            First.TrySetResult(formatter(state, exception));
    }
}
