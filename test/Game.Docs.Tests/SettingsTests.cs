using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Game.Silo.Settings;

namespace Game.Docs.Tests;

/// <summary>The settings classes, the profiles, and what the pages and manifests say about settings: all three the same.</summary>
public sealed partial class SettingsTests
{
    // The page on computing analytics again names what an upgrade has to take out of a profile.
    private static readonly string[] Gone = ["Analytics:Generation", "Gateway:AnalyticsGeneration"];

    private static readonly Dictionary<string, string> Defaults =
        new(Leaves(new SiloSettings(), ""), StringComparer.Ordinal);

    [Fact]
    public void ThePage_ListsEverySettingWithItsDefault()
    {
        var listed = Row().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "settings.md")))
            .Select(row => $"{row.Groups["path"].Value} = {row.Groups["default"].Value}");

        Assert.Equal(
            Defaults.Select(setting => $"{setting.Key} = {setting.Value}").Order(StringComparer.Ordinal),
            listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ThePage_ExplainsEverySetting()
    {
        var unexplained = Row().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "settings.md")))
            .Where(row => row.Groups["text"].Value.Trim().Length < 5)
            .Select(row => row.Groups["path"].Value);
        Assert.Empty(unexplained);
    }

    /// <summary>It says that every value of it is the default, but for an example of a board.</summary>
    [Fact]
    public void TheEmbeddedProfile_HoldsDefaults()
    {
        var different = Values("embedded")
            .Where(value => !value.Path.StartsWith("Leaderboards:", StringComparison.Ordinal))
            .Where(value => Defaults.GetValueOrDefault(value.Path) != value.Text)
            .Select(value => $"{value.Path} is {value.Text}, by default {Defaults.GetValueOrDefault(value.Path) ?? "nothing"}");
        Assert.Empty(different);
    }

    [Theory]
    [InlineData("embedded")]
    [InlineData("brokers")]
    [InlineData("cluster")]
    public void EveryValueOfAProfile_IsASetting(string profile)
    {
        var values = Values(profile).Select(value => InAnyPlace(value.Path)).ToList();

        Assert.NotEmpty(values);
        Assert.Empty(values.Except(Defaults.Keys));
    }

    /// <summary>Paths with a colon in backticks, and variables of the environment, in pages, profiles and manifests.</summary>
    [Fact]
    public void EverySettingThatIsNamed_Exists()
    {
        var files = Repository.Pages
            .Concat(Directory.GetFiles(Path.Combine(Repository.Root, "silo-config"), "*.json"))
            .Concat(Directory.GetFiles(Path.Combine(Repository.Root, "k8s"), "*.yaml", SearchOption.AllDirectories))
            .Append(Path.Combine(Repository.Root, "compose.yaml"));
        var (named, wrong) = (0, new List<string>());
        foreach (var file in files)
        {
            var text = File.ReadAllText(file);
            foreach (var path in Variable().Matches(text).Concat(InBackticks().Matches(text)).Select(match => match.Groups["path"].Value))
            {
                named++;
                var setting = InAnyPlace(path.Replace("__", ":", StringComparison.Ordinal));
                if (!Gone.Contains(setting) && !Defaults.Keys.Any(known => known == setting || known.StartsWith(setting + ":", StringComparison.Ordinal)))
                {
                    wrong.Add($"{Path.GetRelativePath(Repository.Root, file)}: {path}");
                }
            }
        }

        Assert.True(named > 50, $"Only {named} settings were found in all files.");
        Assert.Empty(wrong);
    }

    /// <summary>Entries of a list are all alike: the first one's path stands for them.</summary>
    private static string InAnyPlace(string path) => Place().Replace(path.TrimEnd(':'), match => match.Value.EndsWith(':') ? ":0:" : "");

    private static IEnumerable<KeyValuePair<string, string>> Leaves(object settings, string prefix)
    {
        foreach (var property in settings.GetType().GetProperties().Where(property => property.SetMethod is { IsPublic: true }))
        {
            var (type, path) = (property.PropertyType, prefix + property.Name);
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>) && IsSection(type.GetGenericArguments()[0]))
            {
                yield return new(path, "empty");
                foreach (var leaf in Leaves(Activator.CreateInstance(type.GetGenericArguments()[0])!, path + ":0:"))
                {
                    yield return leaf;
                }
            }
            else if (IsSection(type))
            {
                foreach (var leaf in Leaves(property.GetValue(settings)!, path + ":"))
                {
                    yield return leaf;
                }
            }
            else
            {
                yield return new(path, Text(property.GetValue(settings)));
            }
        }
    }

    private static bool IsSection(Type type) => type.IsClass && type.Assembly.GetName().Name!.StartsWith("Game.", StringComparison.Ordinal);

    private static string Text(object? value) => value switch
    {
        null or "" => "–",
        bool truth => truth ? "true" : "false",
        IList { Count: 0 } => "empty",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static IEnumerable<(string Path, string Text)> Values(string profile)
    {
        using var document = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(Repository.Root, "silo-config", profile + ".json")),
            new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
        return [.. Values(document.RootElement, "")];
    }

    private static IEnumerable<(string Path, string Text)> Values(JsonElement element, string path) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(
            member => Values(member.Value, path.Length == 0 ? member.Name : $"{path}:{member.Name}")),
        JsonValueKind.Array when element.GetArrayLength() > 0 => element.EnumerateArray().SelectMany((item, i) => Values(item, $"{path}:{i}")),
        JsonValueKind.Array => [(path, "empty")],
        JsonValueKind.True or JsonValueKind.False => [(path, element.GetBoolean() ? "true" : "false")],
        _ => [(path, element.ToString())],
    };

    [GeneratedRegex(@"^\| `(?<path>[A-Za-z0-9:]+)` \| (?<default>[^|]*) \| (?<text>.*) \|$", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"GAME__(?<path>[A-Z][A-Za-z0-9]*(__[A-Za-z0-9]+)*)", RegexOptions.ExplicitCapture)]
    private static partial Regex Variable();

    [GeneratedRegex(
        "`(?<path>(Postgres|RabbitMq|Kafka|Router|Cluster|Grains|Dashboard|Chat|Presence|Analytics|Leaderboards|WorldEvents|Gateway)(:[A-Za-z0-9]+)+)",
        RegexOptions.ExplicitCapture)]
    private static partial Regex InBackticks();

    [GeneratedRegex(":([0-9]+|N)(:|$)")]
    private static partial Regex Place();
}
