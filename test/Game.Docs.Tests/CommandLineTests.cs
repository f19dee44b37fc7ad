using System.Text.RegularExpressions;

namespace Game.Docs.Tests;

/// <summary>What the pages say of <c>./game</c>, what its help says, and what the programs behind it take.</summary>
public sealed partial class CommandLineTests
{
    private static readonly Dictionary<string, string> Parsers = new(StringComparer.Ordinal)
    {
        ["run"] = "src/Game.Cli/Program.cs",
        ["load"] = "src/Game.Cli/Program.cs",
        ["session"] = "src/Game.Cli/Program.cs",
        ["deadletters"] = "src/Game.Cli/Program.cs",
        ["analytics"] = "src/Game.Cli/Program.cs",
        ["replay"] = "src/Game.Silo/Program.cs",
        ["restore"] = "src/Game.Silo/Program.cs",
        ["doctor"] = "src/Game.Silo/Program.cs",
        ["bench"] = "bench/Game.Benchmarks/Program.cs",
        ["test"] = "game",
    };

    private readonly string _help = File.ReadAllText(Path.Combine(Repository.Root, "game"));

    [Fact]
    public async Task Help_NamesEveryCommand()
    {
        var (code, output, _) = await Shell.RunAsync("./game --help", Repository.Root, TestContext.Current.CancellationToken);

        Assert.Equal(0, code);
        Assert.Equal(Parsers.Keys.Order(StringComparer.Ordinal), Sections(output).Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EveryOptionOfTheHelp_IsOneOfTheProgram()
    {
        var unknown = Sections(_help)
            .SelectMany(section => Option().Matches(section.Value).Select(option => (Command: section.Key, Name: option.Groups["name"].Value)))
            .Where(option => !File.ReadAllText(Path.Combine(Repository.Root, Parsers[option.Command]))
                .Contains(option.Command == "test" ? option.Name + ")" : $"\"{option.Name}\"", StringComparison.Ordinal));
        Assert.Empty(unknown);
    }

    [Fact]
    public void EveryCommandAndOptionInThePages_IsInTheHelp()
    {
        var sections = Sections(_help);
        var (found, wrong) = (0, new List<string>());
        foreach (var (page, command, rest) in CommandLines())
        {
            found++;
            if (!sections.TryGetValue(command, out var section))
            {
                wrong.Add($"{page}: ./game {command}");
                continue;
            }

            wrong.AddRange(Option().Matches(rest).Select(option => option.Groups["name"].Value)
                .Where(option => !Option().Matches(section).Any(known => known.Groups["name"].Value == option))
                .Select(option => $"{page}: ./game {command} {option}"));
        }

        Assert.True(found > 30, $"Only {found} command lines were found in the pages.");
        Assert.Empty(wrong);
    }

    [Fact]
    public void EveryBenchmarkInThePages_Exists()
    {
        var names = Repository.Sources("bench").SelectMany(file => BenchmarkName().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups["name"].Value).Append("NAME").ToHashSet(StringComparer.Ordinal);
        var wanted = CommandLines().Where(line => line.Command == "bench")
            .Select(line => line.Arguments.Trim(' ', '[').Split(' ', ']')[0])
            .Where(name => name.Length > 0 && name[0] != '-');
        Assert.Empty(wanted.Except(names));
    }

    [Theory]
    [InlineData("./game run --host orleans", "--host")]
    [InlineData("./game run --host=embedded", "--host")]
    [InlineData("./game test --nuget-source https://example.org/index.json", "--nuget-source")]
    public async Task OptionsOfTheSecondHost_AreRefusedWithOneLine(string command, string option)
    {
        var (code, output, error) = await Shell.RunAsync(command, Repository.Root, TestContext.Current.CancellationToken);

        Assert.Equal((2, ""), (code, output));
        Assert.Equal($"game: there is one host now, Microsoft Orleans: {option} is gone\n", error);
    }

    /// <summary>Command lines in backticks, which may go over the end of a line, and in blocks.</summary>
    private static IEnumerable<(string Page, string Command, string Arguments)> CommandLines() => Repository.Pages.SelectMany(page =>
        InBackticks().Matches(File.ReadAllText(page)).Concat(InBlock().Matches(File.ReadAllText(page)))
            .Select(match => (Path.GetFileName(page), match.Groups["command"].Value, match.Groups["rest"].Value)));

    /// <summary>The help of each command, by its name: two spaces before it, more before its options.</summary>
    private static Dictionary<string, string> Sections(string help)
    {
        var usage = help[help.IndexOf("Usage:", StringComparison.Ordinal)..];
        var end = usage.IndexOf("\nTEXT\n", StringComparison.Ordinal);
        return Section().Matches(end < 0 ? usage : usage[..(end + 1)])
            .ToDictionary(match => match.Groups["command"].Value, match => match.Value, StringComparer.Ordinal);
    }

    [GeneratedRegex(@"^  (?<command>[a-z]+) .*\n(   .*\n?)*", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex Section();

    [GeneratedRegex(@"(?<![\w-])(?<name>--[a-z][a-z-]+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Option();

    [GeneratedRegex(@"`\./game (?<command>[a-z]+)(?<rest>[^`]*)`", RegexOptions.ExplicitCapture)]
    private static partial Regex InBackticks();

    [GeneratedRegex(@"^(?:\w+=\S+ )*\./game (?<command>[a-z]+)(?<rest>[^\n#`]*)", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex InBlock();

    [GeneratedRegex("Name => \"(?<name>[a-z-]+)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex BenchmarkName();
}
