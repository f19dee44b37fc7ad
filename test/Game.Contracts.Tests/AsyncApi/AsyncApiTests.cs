using System.Reflection;
using System.Text.Json.Nodes;
using Game.Broadcast;
using Game.Contracts.Identity;
using Game.Grains.Broadcast;
using YamlDotNet.Serialization;

namespace Game.Contracts.Tests.AsyncApi;

/// <summary>docs/asyncapi/broadcast.yaml says what the code does; <c>WRITE_ASYNCAPI=1</c> writes it anew.</summary>
public sealed class AsyncApiTests
{
    private static readonly IDeserializer Reader = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();

    private static readonly ISerializer Writer = new SerializerBuilder()
        .WithQuotingNecessaryStrings().WithIndentedSequences().WithNewLine("\n").DisableAliases().Build();

    private const string WriteVariable = "WRITE_ASYNCAPI";

    [Fact]
    public void Document_SaysWhatTheCodeDoes()
    {
        var written = ToYaml(BroadcastDocument.Create());
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1")
        {
            File.WriteAllText(FileOf(), written);
        }

        Assert.True(
            File.Exists(FileOf()) && File.ReadAllText(FileOf()) == written,
            $"{FileOf()} does not say what the code does: run this test once with {WriteVariable}=1, look at what changed, and commit it.");
    }

    [Fact]
    public void EveryRoutingKey_ReachesTheShardsOfItsChain_AndNoOthers()
    {
        // A shard that is not bound for all of a chain would take the rest of it as lost.
        foreach (var routed in RoutedEvent.All)
        {
            foreach (var key in routed.SampleKeys)
            {
                var chain = BroadcastRoutes.ChainOf(routed.Exchange, key);
                foreach (var shard in Enumerable.Range(1, 12).Select(ShardId.Numbered))
                {
                    var reached = ShardQueues.Of(shard).Where(queue => queue.Declaration.Bindings.Any(
                        binding => binding.Exchange == routed.Exchange && new TopicPattern(binding.Pattern).IsMatch(key))).ToList();
                    var chained = reached.Any(queue => queue.HasChains && queue.Name == ShardQueues.NameOf(routed.Exchange, shard));
                    Assert.True(reached.Count <= 1, $"{routed.Type.Alias} with key {key} reaches several queues of {shard}.");
                    Assert.True(
                        chained == (chain == BroadcastRoutes.AllShards || chain == shard),
                        $"{routed.Type.Alias} with key {key} is of chain {chain}, and {(chained ? "reaches" : "does not reach")} {shard}.");
                }
            }
        }
    }

    /// <summary>JSON is YAML: it is read as such, and written in blocks, which people can read.</summary>
    private static string ToYaml(JsonNode document) => Writer.Serialize(Reader.Deserialize<object>(document.ToJsonString()));

    // Not [CallerFilePath]: continuous integration builds map source paths to /_/.
    private static string FileOf() => Path.GetFullPath(Path.Combine(
        typeof(AsyncApiTests).Assembly
            .GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "AsyncApiFolder").Value!,
        "broadcast.yaml"));
}
