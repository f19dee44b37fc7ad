using System.Reflection;
using System.Text.RegularExpressions;
using Game.Contracts;
using Game.Gateway.Http;

namespace Game.Docs.Tests;

/// <summary>docs/errors.md lists the codes that the code has, each once.</summary>
public sealed partial class ErrorTests
{
    private static readonly Dictionary<string, string> Codes = new[] { typeof(RefusalCodes), typeof(GatewayCodes) }
        .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static))
        .ToDictionary(field => (string)field.GetValue(null)!, field => $"{field.DeclaringType!.Name}.{field.Name}", StringComparer.Ordinal);

    [Fact]
    public void EveryCode_IsListedOnce()
    {
        var listed = CodeCell().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "errors.md")))
            .Select(match => match.Groups["code"].Value);
        Assert.Equal(Codes.Keys.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EveryCode_IsUsed()
    {
        var sources = Repository.Sources("src").Select(File.ReadAllText).ToList();
        Assert.All(Codes.Values, name => Assert.Contains(sources, source => Regex.IsMatch(source, $@"\b{Regex.Escape(name)}\b")));
    }

    /// <summary>No code is written out where it is used, where the list would miss it.</summary>
    [Fact]
    public void NoRefusal_MakesACodeUp()
    {
        var madeUp = Repository.Sources("src")
            .SelectMany(file => Literal().Matches(File.ReadAllText(file)).Select(match => $"{Path.GetFileName(file)}: {match.Value}"));
        Assert.Empty(madeUp);
    }

    [GeneratedRegex(@"^\| `(?<code>[a-z_]+)` \| (–|[0-9, ]+) \|", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex CodeCell();

    [GeneratedRegex("""(Refusal\.(Conflict|Forbidden|NotFound|Unavailable|TooMany)\(|\b(StatusCodes|RefusalKind)\.\w+,)\s*"[a-z_]+"[,)]""")]
    private static partial Regex Literal();
}
