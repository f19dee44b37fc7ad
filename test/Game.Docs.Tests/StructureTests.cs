using System.Text.RegularExpressions;

namespace Game.Docs.Tests;

/// <summary>
/// What keeps the sources readable: namespaces without cycles, files of a few screens. What a namespace says with <c>using</c> counts; it
/// knows those that it is part of without saying so.
/// </summary>
public sealed partial class StructureTests
{
    private const int MaxLines = 400;

    private static readonly IReadOnlyList<(string Path, string Text)> Sources =
    [
        .. Repository.Sources("src").Select(path => Path.GetRelativePath(Repository.Root, path)).Order(StringComparer.Ordinal)
            .Select(path => (path, File.ReadAllText(Path.Combine(Repository.Root, path)))),
    ];

    [Fact]
    public void NoNamespace_UsesOneThatUsesIt()
    {
        var uses = Sources.Where(source => Declared().IsMatch(source.Text))
            .GroupBy(source => Declared().Match(source.Text).Groups["name"].Value, StringComparer.Ordinal)
            .ToDictionary(
                files => files.Key,
                files => files.SelectMany(file => Used().Matches(file.Text)).Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal),
                StringComparer.Ordinal);

        Assert.NotEmpty(uses);
        var cyclic = uses.Keys.Where(start => ReachedFrom(start, uses).Contains(start)).Order(StringComparer.Ordinal).ToList();
        Assert.True(cyclic.Count == 0, $"These use namespaces that lead back to them: {string.Join(", ", cyclic)}.");
    }

    [Fact]
    public void NoFile_IsLongerThanAReaderCanHold() => Assert.All(Sources, source =>
    {
        var lines = source.Text.Count(character => character == '\n');
        Assert.True(lines <= MaxLines, $"{source.Path} has {lines} lines; {MaxLines} are the most.");
    });

    private static HashSet<string> ReachedFrom(string start, Dictionary<string, HashSet<string>> uses)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var next = new Stack<string>([start]);
        while (next.TryPop(out var name))
        {
            foreach (var used in uses[name].Where(used => uses.ContainsKey(used) && used != name && reached.Add(used)))
            {
                next.Push(used);
            }
        }

        return reached;
    }

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Declared();

    [GeneratedRegex(@"^using (static )?(\w+ = )?(?<name>Game\.[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Used();
}
