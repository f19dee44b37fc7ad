using System.Text.RegularExpressions;

namespace Game.Docs.Tests;

public sealed partial class LinkTests
{
    /// <summary>Links inside the repository lead to a file, and to a heading of it if they name one.</summary>
    [Fact]
    public void EveryLink_LeadsSomewhere()
    {
        var broken = new List<string>();
        foreach (var page in Repository.Pages)
        {
            foreach (Match link in Link().Matches(File.ReadAllText(page)))
            {
                var (target, anchor) = (link.Groups["target"].Value, link.Groups["anchor"].Value);
                if (target.Contains("://", StringComparison.Ordinal))
                {
                    continue;
                }

                var file = target.Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, target);
                if (!Path.Exists(file) || (anchor.Length > 0 && !Anchors(file).Contains(anchor)))
                {
                    broken.Add($"{Path.GetFileName(page)}: {link.Value}");
                }
            }
        }

        Assert.Empty(broken);
    }

    /// <summary>Folders and files named in backticks are there.</summary>
    [Fact]
    public void EveryPathInBackticks_Exists()
    {
        var missing = Repository.Pages
            .SelectMany(page => SourcePath().Matches(File.ReadAllText(page)).Select(match => (Page: Path.GetFileName(page), Path: match.Groups["path"].Value)))
            .Where(named => !Path.Exists(Path.Combine(Repository.Root, named.Path)))
            .Select(named => $"{named.Page}: {named.Path}");
        Assert.Empty(missing);
    }

    private static HashSet<string> Anchors(string file) =>
    [
        .. File.ReadLines(file).Where(line => line.StartsWith('#'))
            .Select(line => NotInAnchor().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-')),
    ];

    [GeneratedRegex(@"\]\((?<target>[^)#\s]*)(#(?<anchor>[^)\s]+))?\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Link();

    [GeneratedRegex("`(?<path>(src|test|bench|docs|silo-config)/[A-Za-z0-9._/-]*)`", RegexOptions.ExplicitCapture)]
    private static partial Regex SourcePath();

    [GeneratedRegex("[^a-z0-9 _-]")]
    private static partial Regex NotInAnchor();
}
