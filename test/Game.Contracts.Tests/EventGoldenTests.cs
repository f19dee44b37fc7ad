using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Game.Grains.EventSourcing;

namespace Game.Contracts.Tests;

/// <summary>
/// Event types are frozen: each has a file with the bytes a store may hold, and every build reads and writes exactly those.
/// </summary>
public sealed partial class EventGoldenTests
{
    private const string WriteVariable = "WRITE_GOLDEN";

    private static readonly EventCodec Codec = EventCodec.ForGame();

    public static TheoryData<string> Aliases => [.. Codec.Types.Keys.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Aliases))]
    public void Event_ReadsAndWritesWhatStoresHold(string alias)
    {
        var type = Codec.Types[alias];
        var sample = (GameEvent)Samples.Of(type.Type);
        var file = FileOf(alias, type.Version);
        if (!File.Exists(file) && Environment.GetEnvironmentVariable(WriteVariable) == "1")
        {
            Directory.CreateDirectory(Folder());
            File.WriteAllBytes(file, Codec.Encode(sample).Body.ToArray());
        }

        Assert.True(
            File.Exists(file),
            $"{alias} version {type.Version} is new. If it is as it shall stay for ever, run the tests once with {WriteVariable}=1 and commit {file}.");

        var golden = File.ReadAllBytes(file);
        var decoded = Decode(alias, type.Version, golden);
        Assert.Equivalent(sample, decoded, strict: true);
        var encoded = Codec.Encode(decoded);
        Assert.True(
            golden.AsSpan().SequenceEqual(encoded.Body.Span),
            $"""
            {alias} is written in another way than version {type.Version} in the stores. Take the change back, or make it a new
            version: [EventVersion({type.Version + 1})] on the type, and an IEventUpcaster from version {type.Version}.
            stored:  {Encoding.UTF8.GetString(golden)}
            written: {Encoding.UTF8.GetString(encoded.Body.Span)}
            """);
    }

    [Fact]
    public void EveryVersionThatAStoreMayHold_IsStillRead()
    {
        foreach (var type in Codec.Types.Values)
        {
            for (var version = 1; version <= type.Version; version++)
            {
                Assert.True(File.Exists(FileOf(type.Alias, version)), $"The golden file of {type.Alias} version {version} is gone.");
                Assert.IsType(type.Type, Decode(type.Alias, version, File.ReadAllBytes(FileOf(type.Alias, version))));
            }
        }
    }

    [Fact]
    public void EveryGoldenFile_BelongsToAnEvent()
    {
        foreach (var file in Directory.GetFiles(Folder()))
        {
            var name = FileName().Match(Path.GetFileName(file));
            Assert.True(name.Success, $"{file} is not named alias.vN.json.");
            var alias = name.Groups["alias"].Value;
            Assert.True(Codec.Types.TryGetValue(alias, out var type), $"{file}: stores may hold {alias}, so its type cannot be removed or renamed.");
            Assert.True(int.Parse(name.Groups["version"].Value, null) <= type.Version, $"{file}: {alias} has no such version.");
        }
    }

    private static GameEvent Decode(string alias, int version, byte[] body) => Codec.Decode("golden", 1, alias, version, body);

    private static string FileOf(string alias, int version) => Path.Combine(Folder(), $"{alias}.v{version}.json");

    // Not [CallerFilePath]: continuous integration builds map source paths to /_/.
    private static string Folder() => typeof(EventGoldenTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "GoldenFolder").Value!;

    [GeneratedRegex(@"^(?<alias>[a-z0-9.-]+)\.v(?<version>[0-9]+)\.json$", RegexOptions.ExplicitCapture)]
    private static partial Regex FileName();
}
