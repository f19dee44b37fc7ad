using System.Text.RegularExpressions;

namespace Game.Docs.Tests;

/// <summary>docs/guarantees.md: a promise without a test that exists is no promise.</summary>
public sealed partial class GuaranteeTests
{
    [Fact]
    public void EveryPromise_NamesTestsThatExist()
    {
        var names = Repository.Sources("test").SelectMany(file => Declared().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups["name"].Value)
            .Concat(Directory.GetDirectories(Path.Combine(Repository.Root, "test")).Select(folder => Path.GetFileName(folder)!))
            .ToHashSet(StringComparer.Ordinal);
        var rows = File.ReadLines(Path.Combine(Repository.Root, "docs", "guarantees.md"))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(2).ToList();
        Assert.True(rows.Count > 10, "The table of docs/guarantees.md has not been found.");
        foreach (var row in rows)
        {
            var (promise, shownBy) = (row.Split('|')[1].Trim(), row.Split('|')[^2]);
            var tests = InBackticks().Matches(shownBy).Select(match => match.Groups["name"].Value).ToList();
            Assert.True(tests.Count > 0 || shownBy.Contains("nothing promised", StringComparison.Ordinal), $"'{promise}' names no test.");
            Assert.All(tests, test => Assert.True(
                test.StartsWith("./game ", StringComparison.Ordinal) || names.Contains(test)
                    || test.TrimStart('…').Split('.').All(part => names.Contains(part)),
                $"'{promise}' names {test}, which does not exist."));
        }
    }

    [GeneratedRegex(@"\b(class|record|Task|void|bool|Property)\s+(?<name>[A-Z]\w+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Declared();

    [GeneratedRegex("`(?<name>[^`]+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex InBackticks();
}
