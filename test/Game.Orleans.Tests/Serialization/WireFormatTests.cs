using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Game.Orleans.Tests.Serialization;

/// <summary>
/// Silos of two builds talk to each other during a rolling restart: what an earlier build sent is kept in Golden/wire.txt, one
/// message a line (alias, bytes, content), and every later build must still understand it. A new message gets its line with
/// GAME_WRITE_GOLDEN=1; a line is never changed.
/// </summary>
public sealed class WireFormatTests
{
    private static readonly string Golden = Path.Combine(AppContext.BaseDirectory, "Serialization", "Golden", "wire.txt");

    [Fact]
    public void MessagesOfEarlierBuilds_AreUnderstood_AndEveryMessageHasOne()
    {
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        var known = File.ReadAllLines(Golden).Select(line => line.Split('\t')).ToLookup(parts => parts[0], StringComparer.Ordinal);
        var missing = new List<string>();
        foreach (var type in Messages.Concrete)
        {
            var alias = AliasOf(type);
            if (!known.Contains(alias))
            {
                var sample = new Samples().Of(type);
                missing.Add(string.Join('\t', alias, Convert.ToBase64String(serializer.SerializeToArray(sample)), JsonSerializer.Serialize(sample, type)));
            }

            foreach (var line in known[alias])
            {
                var received = serializer.Deserialize<object>(Convert.FromBase64String(line[1]))!;
                Assert.IsType(type, received);
                Assert.Null(Lost(JsonDocument.Parse(line[2]).RootElement, JsonSerializer.SerializeToElement(received, type), alias));
            }
        }

        if (missing.Count > 0 && Environment.GetEnvironmentVariable("GAME_WRITE_GOLDEN") == "1")
        {
            var source = Path.Combine(Path.GetDirectoryName(SourceFile())!, "Golden", "wire.txt");
            File.WriteAllLines(source, File.ReadAllLines(source).Concat(missing).Order(StringComparer.Ordinal));
            return;
        }

        Assert.Empty(missing.Select(line => line.Split('\t')[0]));
        Assert.Empty(known.Select(line => line.Key).Except(Messages.Concrete.Select(AliasOf)));
    }

    /// <summary>A newer build's message has a property that this one does not know.</summary>
    [Fact]
    public void MessageOfALaterBuild_IsUnderstood_WithoutWhatIsNew()
    {
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        var sent = serializer.SerializeToArray(new LaterMessage("text", 7, "new"));
        Assert.Equal(new EarlierMessage("text", 7), serializer.Deserialize<EarlierMessage>(sent));
        Assert.Equal(new LaterMessage("text", 7, null), serializer.Deserialize<LaterMessage>(serializer.SerializeToArray(new EarlierMessage("text", 7))));
    }

    /// <returns>Where something of the first is missing or different in the second, or null.</returns>
    private static string? Lost(JsonElement before, JsonElement after, string path) => before.ValueKind switch
    {
        JsonValueKind.Object => before.EnumerateObject()
            .Select(property => after.ValueKind == JsonValueKind.Object && after.TryGetProperty(property.Name, out var now)
                ? Lost(property.Value, now, $"{path}.{property.Name}")
                : $"{path}.{property.Name} is gone")
            .FirstOrDefault(lost => lost is not null),
        JsonValueKind.Array when after.ValueKind == JsonValueKind.Array && before.GetArrayLength() == after.GetArrayLength() => before.EnumerateArray()
            .Zip(after.EnumerateArray(), (then, now) => Lost(then, now, $"{path}[]"))
            .FirstOrDefault(lost => lost is not null),
        _ => JsonElement.DeepEquals(before, after) ? null : $"{path}: {before}, then {after}",
    };

    private static string AliasOf(Type type) => type.GetCustomAttribute<AliasAttribute>(inherit: false)!.Alias;

    private static string SourceFile([System.Runtime.CompilerServices.CallerFilePath] string path = "") => path;
}

[GenerateSerializer, Immutable, Alias("test.earlier-message")]
public sealed record EarlierMessage([property: Id(0)] string Text, [property: Id(1)] int Number);

[GenerateSerializer, Immutable, Alias("test.later-message")]
public sealed record LaterMessage([property: Id(0)] string Text, [property: Id(1)] int Number, [property: Id(2)] string? More);
