using Game.LocalServers;

namespace Game.Integration.Tests;

/// <summary>Servers of a test's own. Where one is not installed the test is skipped; on CI that is a failure.</summary>
internal static class Servers
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static Task<KafkaServer> StartKafkaAsync(bool forSpeed = false) =>
        StartAsync(() => KafkaServer.StartAsync(forSpeed: forSpeed, cancellationToken: Cancelled));

    public static Task<RabbitMqServer> StartRabbitMqAsync() => StartAsync(() => RabbitMqServer.StartAsync(Cancelled));

    public static Task<PostgresServer> StartPostgresAsync() => StartAsync(() => PostgresServer.StartAsync(Cancelled));

    private static async Task<T> StartAsync<T>(Func<Task<T>> start)
    {
        try
        {
            return await start();
        }
        catch (ServerMissingException missing) when (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Skip(missing.Message);
            throw;
        }
    }
}
