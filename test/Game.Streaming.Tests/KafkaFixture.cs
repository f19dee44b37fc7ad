using Game.LocalServers;

[assembly: AssemblyFixture(typeof(Game.Streaming.Tests.KafkaFixture))]

namespace Game.Streaming.Tests;

/// <summary>One broker for the whole run, started by the first test that needs it. Tests use topics of their own.</summary>
public sealed class KafkaFixture : IAsyncDisposable
{
    private readonly Lazy<Task<KafkaServer>> _server = new(() => KafkaServer.StartAsync());

    public async Task<KafkaServer> GetAsync()
    {
        try
        {
            return await _server.Value;
        }
        catch (ServerMissingException missing) when (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Skip(missing.Message);
            throw;
        }
    }

    /// <summary>A new topic of the shared broker.</summary>
    public async Task<Topic> CreateTopicAsync(int partitions = 1, int maxRecordBytes = 1_048_588) =>
        await Topic.CreateAsync(await GetAsync(), partitions, maxRecordBytes);

    public async ValueTask DisposeAsync()
    {
        if (_server is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await (await _server.Value).DisposeAsync();
        }
    }
}
