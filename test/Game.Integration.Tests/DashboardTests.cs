using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Game.Client;

namespace Game.Integration.Tests;

/// <summary>The Orleans dashboard of the real process.</summary>
public sealed partial class DashboardTests
{
    private const string PlayerGrain = "Game.Grains.Players.PlayerGrain";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task One_dashboard_counts_the_grains_of_all_shards_of_the_process()
    {
        using var silo = new Silo();
        await silo.SetPasswordAsync();
        silo.Environment["GAME__Dashboard__SampleSeconds"] = "1";
        using var process = silo.Start("--shards", "2");
        var addresses = await process.ReadyAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = addresses.Gateway };
        using var management = OperatorClient.Create(addresses.Management, silo.Environment);

        await RegisterAsync(http, "s01", "ann", "bob", "cid");
        await RegisterAsync(http, "s02", "dan");

        Assert.Equal(4, await PlayersAsync(management, atLeast: 4));
        var status = await management.GetFromJsonAsync<JsonElement>("/ops/status", TestContext.Current.CancellationToken);
        Assert.Equal(
            ["/dashboard/"], status.GetProperty("dashboards").EnumerateArray().Select(path => path.GetString()));

        await process.StopAsync();
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task Pages_scripts_and_numbers_are_there_for_the_operator_alone()
    {
        using var silo = new Silo();
        await silo.SetPasswordAsync();
        using var process = silo.Start("--shards", "1");
        var addresses = await process.ReadyAsync(TestContext.Current.CancellationToken);
        using var stranger = new HttpClient { BaseAddress = addresses.Management };
        using var operators = OperatorClient.Create(addresses.Management, silo.Environment);

        // From the address without a slash, as a person types it, to what the page itself names. The client leaves its login
        // behind at a redirection, which a browser does not, so that the answer to that shows where it led.
        using var redirected = await operators.GetAsync("/dashboard", TestContext.Current.CancellationToken);
        var page = redirected.RequestMessage!.RequestUri!;
        Assert.Equal("/dashboard/", page.AbsolutePath);
        var parts = Part().Matches(await operators.GetStringAsync(page, TestContext.Current.CancellationToken))
            .Select(part => new Uri(page, part.Groups["path"].Value).AbsolutePath)
            .ToList();
        Assert.Contains(parts, part => part.EndsWith(".js", StringComparison.Ordinal));
        Assert.Contains(parts, part => part.EndsWith(".css", StringComparison.Ordinal));
        string[] numbers = ["DashboardCounters", "ClusterStats", "TopGrainMethods", "Reminders/1", "GrainTypes", "version"];
        foreach (var path in parts.Concat(numbers.Select(number => $"/dashboard/{number}")))
        {
            using var found = await operators.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.True(found.StatusCode == HttpStatusCode.OK, $"{path}: {found.StatusCode}");
            using var refused = await stranger.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.True(refused.StatusCode == HttpStatusCode.Unauthorized, $"{path}: {refused.StatusCode}");
        }

        // The stream of log lines is off, and the public port has nothing at all.
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(operators, "/dashboard/Trace"));
        using var gateway = OperatorClient.Create(addresses.Gateway, silo.Environment);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(gateway, "/dashboard/"));
        Assert.DoesNotContain("ashboard", await gateway.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken));
        await process.StopAsync();
    }

    [Fact]
    public async Task A_dashboard_can_be_switched_off()
    {
        using var silo = new Silo();
        silo.Environment["GAME__Dashboard__Enabled"] = "false";
        using var process = silo.Start("--shards", "1");
        var addresses = await process.ReadyAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = addresses.Management };

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(http, "/dashboard/"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, "/ops/status"));
        await process.StopAsync();
    }

    private static async Task RegisterAsync(HttpClient http, string shard, params string[] names)
    {
        foreach (var name in names)
        {
            using var answer = await http.PostAsJsonAsync(
                "/v1/auth/register", new { name, password = "a password", shard }, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        }
    }

    /// <summary>Asks until a sample has seen so many players, and gives back how many it saw.</summary>
    private static async Task<int> PlayersAsync(HttpClient management, int atLeast)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var counters = await management.GetFromJsonAsync<JsonElement>(
                "/dashboard/DashboardCounters", TestContext.Current.CancellationToken);
            var players = counters.GetProperty("simpleGrainStats").EnumerateArray()
                .Where(grain => grain.GetProperty("grainType").GetString() == PlayerGrain)
                .Sum(grain => grain.GetProperty("activationCount").GetInt32());
            if (players >= atLeast)
            {
                return players;
            }

            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, $"It counts {players} players: {counters}");
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string path)
    {
        using var answer = await http.GetAsync(path, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    [GeneratedRegex("(src|href)=\"(?<path>[^\"]+)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Part();
}
