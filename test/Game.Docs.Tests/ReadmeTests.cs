using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Game.Docs.Tests;

/// <summary>
/// Every command line of the README is run as it stands, from a clean clone, so that none can stop working unseen. What differs,
/// that it stays within minutes on a machine that does other things too: runs are shorter and smaller, and ports, data and the
/// file of the session are the test's own. <see cref="EveryCommandLine_IsRunHere"/> fails for a line that is new or gone.
/// </summary>
public sealed partial class ReadmeTests(CleanClone clone) : IClassFixture<CleanClone>
{
    private const string Run = "./game run --for 60";
    private const string RunOverRabbitMq = "./game run --profile brokers --shards 100 --processes 5 --bots 200 --for 90";
    private const string RunByHand = "./game run --bots 0";
    private const string Register = "curl -s localhost:8080/v1/auth/register";
    private const string Found = "curl -s localhost:8080/v1/guilds";
    private const string Session = "./game session --token";
    private const string Bench = "./game bench [NAME] [--quick]";
    private const string Load = "./game load --url URL --players N --for S";
    private const string Replay = "./game replay --stream war/ID [--version N \\| --at TIME] [--from store\\|kafka]";
    private const string DeadLetters = "./game deadletters list\\|show\\|replay\\|discard";
    private const string Doctor = "./game doctor";

    private static readonly string[] RunHere = [Run, RunOverRabbitMq, RunByHand, Register, Found, Session, Bench, Load, Replay, DeadLetters, Doctor];

    private static readonly string[] RunElsewhere =
    [
        "./game --help", // CommandLineTests
        "./game test", "./game test [FILTER]", // runs this test
        "./game run", // the same as the first, without an end

        // Of a session without its token, and over Kafka: Game.Integration.Tests runs them on worlds that have both.
        "./game session --token T", "./game replay --verify 100", "./game restore --shard s01",
        "./game analytics recompute --from 2026-03-01 --switch",
    ];

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    private readonly string _readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    [Fact]
    public void EveryCommandLine_IsRunHere()
    {
        var lines = InBlock().Matches(_readme).Concat(InBackticks().Matches(_readme)).Select(match => match.Groups["line"].Value.Trim())
            .Distinct(StringComparer.Ordinal).ToList();

        Assert.All(lines, line => Assert.True(
            RunElsewhere.Contains(line) || RunHere.Any(known => line == known || (known is Register or Found or Session && line.StartsWith(known, StringComparison.Ordinal))),
            $"The README's '{line}' is run by no test."));
        Assert.All(RunHere.Concat(RunElsewhere), known => Assert.Contains(lines, line => line.StartsWith(known, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task AWorld_AgreesWithItsBots()
    {
        var (code, output, error) = await RunAsync(
            $"./game run --for 8 --bots 12 --data '{clone.Data}/short' {Ports(CleanClone.FreePorts(2))}");

        AssertAgrees(code, output, error);
    }

    [Fact]
    public async Task AWorldOfSeveralProcesses_AgreesWithItsBots()
    {
        // With a hundred shards and two hundred bots: ./game bench silos, and the runs that docs/performance.md tells of.
        if (!File.Exists("/usr/lib/rabbitmq/bin/rabbitmq-server"))
        {
            const string Missing = "RabbitMQ is missing: install it (Debian: apt-get install rabbitmq-server).";
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", Missing);
            Assert.Fail(Missing);
        }

        var (code, output, error) = await RunAsync(
            $"./game run --profile brokers --shards 4 --processes 2 --bots 8 --for 8 --data '{clone.Data}/several' {Ports(CleanClone.FreePorts(4))}");

        AssertAgrees(code, output, error);
    }

    [Fact]
    public async Task ByHand_AWorldIsPlayedLoadedAndLookedAt()
    {
        var ports = CleanClone.FreePorts(2);
        var data = Path.Combine(clone.Data, "by-hand");
        using var world = Shell.Start($"exec ./game run --bots 0 --data '{data}' {Ports(ports)} > '{clone.Folder}/world.log' 2>&1", clone.Folder);
        string player;
        try
        {
            await ReadyAsync(world, ports + 1);
            player = await PlayAsync(ports);
            AssertWorks(await RunAsync($"./game load --url http://localhost:{ports} --players 4 --for 3"));
            AssertWorks(await RunAsync($"./game deadletters list --url http://127.0.0.1:{ports + 1}"));
        }
        finally
        {
            await Shell.RunAsync($"kill -TERM {world.Id}", clone.Folder, CancellationToken.None);
            await world.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var (code, output, error) = await RunAsync($"./game replay --stream player/{player} --version 1 --from store --data '{data}'");
        Assert.True(code == 0, error);
        Assert.Contains("ann", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_SaysWhatIsThere()
    {
        var (code, output, error) = await RunAsync(Doctor);

        Assert.True(code == 0, error);
        Assert.All((string[])["sdk:", "postgres:", "rabbitmq:", "kafka:", "promtool:", "kubectl:"], tool => Assert.Contains(tool, output));
    }

    [Fact]
    public async Task ABenchmark_WritesItsRows()
    {
        AssertWorks(await RunAsync("./game bench anomalies --quick"));

        using var rows = JsonDocument.Parse(await File.ReadAllTextAsync(
            Path.Combine(clone.Folder, "artifacts", "bench", "anomalies.json"), TestContext.Current.CancellationToken));
        Assert.All(rows.RootElement.EnumerateArray(), row => Assert.Equal(
            ["name", "ours", "baseline", "ratio", "goal", "met", "unit"], row.EnumerateObject().Select(member => member.Name)));
    }

    /// <summary>The blocks of "Play it by hand", one after the other in one shell, as a reader has it.</summary>
    /// <returns>The player's id.</returns>
    private async Task<string> PlayAsync(int port)
    {
        var chapter = _readme[_readme.IndexOf("## Play it by hand", StringComparison.Ordinal)..];
        chapter = chapter[..chapter.IndexOf("\n## ", 5, StringComparison.Ordinal)];
        var blocks = Block().Matches(chapter).Select(block => block.Groups["text"].Value).ToList();
        Assert.Equal(2, blocks.Count);
        var script = ("set -e\n" + string.Join('\n', blocks))
            .Replace("localhost:8080", $"localhost:{port}", StringComparison.Ordinal)
            .Replace("/tmp/session.json", $"{clone.Folder}/session.json", StringComparison.Ordinal)
            .Replace("./game session", $"./game session --url ws://127.0.0.1:{port}/v1/session", StringComparison.Ordinal);

        var (code, output, error) = await RunAsync(script);
        Assert.True(code == 0, error);
        Assert.Contains("The Founders", output, StringComparison.Ordinal);
        var frames = output.Split('\n').Where(line => line.StartsWith("{\"", StringComparison.Ordinal) && line.Contains("\"type\":", StringComparison.Ordinal)).ToList();
        Assert.Contains(frames, frame => frame.Contains("\"type\":\"hello\"", StringComparison.Ordinal));
        Assert.All((string[])["\"1\"", "\"2\""], id => Assert.Contains(
            frames, frame => frame.Contains($"\"id\":{id}", StringComparison.Ordinal) && !frame.Contains("\"error\"", StringComparison.Ordinal)));
        return PlayerId().Match(output).Value;
    }

    /// <summary>Waits until the world takes traffic, or has ended.</summary>
    private async Task ReadyAsync(Process world, int managementPort)
    {
        using var http = new HttpClient();
        while (!await IsReadyAsync(http, managementPort))
        {
            Assert.False(world.HasExited, $"The world ended: {await File.ReadAllTextAsync($"{clone.Folder}/world.log")}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<bool> IsReadyAsync(HttpClient http, int managementPort)
    {
        try
        {
            using var answer = await http.GetAsync($"http://127.0.0.1:{managementPort}/health/ready", TestContext.Current.CancellationToken);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(string script)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        return await Shell.RunAsync(script, clone.Folder, patience.Token);
    }

    private static string Ports(int first) => $"--port {first} --management-port {first + 1}";

    private static void AssertWorks((int Code, string Output, string Error) run) => Assert.True(run.Code == 0, run.Output + run.Error);

    /// <summary>The last line compares what the bots know with what the world holds.</summary>
    private static void AssertAgrees(int code, string output, string error)
    {
        Assert.True(code == 0, output + error);
        using var summary = JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]);
        Assert.Equal(0, summary.RootElement.GetProperty("lost").GetInt64());
        Assert.Equal(0, summary.RootElement.GetProperty("duplicated").GetInt64());
        Assert.Equal(
            summary.RootElement.GetProperty("points_earned").GetInt64(), summary.RootElement.GetProperty("points_settled").GetInt64());
    }

    [GeneratedRegex(@"^(?<line>(\./game|curl) [^\n]*)", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex InBlock();

    [GeneratedRegex(@"`(?<line>\./game [^`\n]*)`", RegexOptions.ExplicitCapture)]
    private static partial Regex InBackticks();

    [GeneratedRegex(@"^```\n(?<text>[^`]*?)^```", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex(@"s01\.[0-9A-Z]{26}")]
    private static partial Regex PlayerId();
}
