using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Game.Cli.Play;
using Game.Client;
using Game.LocalServers;

namespace Game.Integration.Tests;

/// <summary>
/// What players do, over real brokers, as an operator sees it: the executable is killed, the brokers go away, and every action counts
/// once.
/// </summary>
public sealed class AnalyticsTests(ITestOutputHelper output)
{
    private static readonly TimeSpan ToCount = TimeSpan.FromSeconds(90);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_players_do_counts_exactly_over_Kafka_although_the_process_is_killed()
    {
        await using var kafka = await Servers.StartKafkaAsync();
        using var silo = SiloWith(kafka);
        var process = silo.Start();
        var addresses = await process.ReadyAsync(Cancelled);
        using var http = new HttpClient { BaseAddress = addresses.Gateway };
        var (red, blue, member) = (await RegisterAsync(http, "red", "s01"), await RegisterAsync(http, "blue", "s02"), await RegisterAsync(http, "member", "s01"));
        var reds = await FoundAsync(red, "The Reds", "RED");
        await FoundAsync(blue, "The Blues", "BLU");
        await PostAsync(member, $"/v1/guilds/{reds}/join", null);
        await UntilMemberAsync(member);
        for (var i = 0; i < 3; i++)
        {
            await PostAsync(member, $"/v1/guilds/{reds}/deposit", new { amount = 5 });
            await PostAsync(red, "/v1/players/me/actions", Actions("skillUsed", 20), $"first-{i}");
        }

        await process.KillAsync();
        process = silo.Start();
        await process.ReadyAsync(Cancelled);

        // Sent again, because the first answer may not have come.
        await PostAsync(red, "/v1/players/me/actions", Actions("skillUsed", 20), "first-2");
        await PostAsync(blue, "/v1/players/me/actions", Actions("skillUsed", 10), "second");
        var war = (await PostAsync(red, "/v1/wars", new { defender = await GuildOfAsync(blue), wager = 10, durationSeconds = 10 }))
            .GetProperty("id").GetString();
        await UntilAsync(blue, $"/v1/guilds/{await GuildOfAsync(blue)}", guild => guild.GetProperty("wars").GetArrayLength() > 0);
        await PostAsync(blue, $"/v1/wars/{war}/accept", null);
        var struck = 0;
        foreach (var player in (GameClient[])[member, blue])
        {
            await UntilAsync(player, $"/v1/wars/{war}/front", _ => true);
            struck += await StrikeAsync(player, war!, 25);
        }

        Assert.True(struck > 0);

        await process.KillAsync();
        process = silo.Start();
        await process.ReadyAsync(Cancelled);
        await UntilAsync(red, $"/v1/wars/{war}", view => view.GetProperty("status").GetString() == "settled");
        var expected = new SortedDictionary<string, long>(StringComparer.Ordinal)
        {
            ["registered"] = 3,
            ["loggedIn"] = 3,
            ["guildJoined"] = 3,
            ["guildDeposited"] = 3,
            ["struck"] = struck,
            ["warEnded"] = 2,
            ["skillUsed"] = 70,
        };
        await CountedAsync(silo, addresses, expected);

        // And stays so over one more death.
        await process.KillAsync();
        process = silo.Start();
        await process.ReadyAsync(Cancelled);
        await PostAsync(red, "/v1/players/me/actions", Actions("storeViewed", 1), "last");
        expected["storeViewed"] = 1;
        await CountedAsync(silo, addresses, expected);
        await process.StopAsync();
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task Actions_accepted_while_both_brokers_are_down_count_once_and_in_order_when_they_are_back()
    {
        await using var kafka = await Servers.StartKafkaAsync();
        await using var rabbit = await Servers.StartRabbitMqAsync();
        using var silo = SiloWith(kafka);
        silo.Environment["GAME__RabbitMq__Uri"] = rabbit.Address.ToString();
        silo.Environment["GAME__Router__SendTimeoutSeconds"] = "2";
        var process = silo.Start();
        var addresses = await process.ReadyAsync(Cancelled);
        using var http = new HttpClient { BaseAddress = addresses.Gateway };
        var players = new List<GameClient>();
        for (var i = 0; i < 6; i++)
        {
            players.Add(await RegisterAsync(http, $"player{i}", $"s0{1 + (i % 3)}"));
        }

        var expected = new SortedDictionary<string, long>(StringComparer.Ordinal) { ["registered"] = 6, ["loggedIn"] = 6 };
        await ReportAsync("moved", "before");
        await CountedAsync(silo, addresses, expected);

        // Onto disk, then to RabbitMQ, then over both brokers again, with the process killed while everything waits.
        await kafka.KillAsync();
        await rabbit.KillAsync();
        await ReportAsync("killed", "disk");
        await UntilRouteAsync(silo, addresses, "disk");
        await rabbit.RestartAsync(Cancelled);
        await UntilRouteAsync(silo, addresses, "rabbitmq");
        await ReportAsync("questCompleted", "queue");
        await process.KillAsync();
        await kafka.RestartAsync(cancellationToken: Cancelled);
        process = silo.Start();
        await process.ReadyAsync(Cancelled);
        await ReportAsync("itemUsed", "after");
        await CountedAsync(silo, addresses, expected);
        await UntilRouteAsync(silo, addresses, "kafka");

        // A funnel counts a step that comes after the one before it only.
        using var management = OperatorClient.Create(addresses.Management, silo.Environment);
        var funnels = await management.GetFromJsonAsync<JsonElement>("/v1/analytics/funnels", Cancelled);
        Assert.Equal(6, funnels.GetProperty("items").EnumerateArray().Single(row =>
            row.GetProperty("funnel").GetString() == "onboarding" && row.GetProperty("kind").GetString() == "questCompleted")
            .GetProperty("players").GetInt64());
        await process.StopAsync();
        Assert.Equal(0, process.ExitCode);

        async Task ReportAsync(string kind, string key)
        {
            await Task.WhenAll(players.Select(async player =>
            {
                for (var i = 0; i < 3; i++)
                {
                    await PostAsync(player, "/v1/players/me/actions", Actions(kind, 15), $"{key}-{i}");
                }
            }));
            expected[kind] = players.Count * 3 * 15;
        }
    }

    [Fact]
    public async Task Shard_that_streamed_in_memory_counts_on_once_it_is_given_Kafka()
    {
        await using var kafka = await Servers.StartKafkaAsync();
        using var silo = new Silo();
        var process = silo.Start();
        var addresses = await process.ReadyAsync(Cancelled);
        using var http = new HttpClient { BaseAddress = addresses.Gateway };
        var red = await RegisterAsync(http, "red", "s01");
        await PostAsync(red, "/v1/players/me/actions", Actions("skillUsed", 20), "memory");
        await CountedAsync(silo, addresses, new(StringComparer.Ordinal) { ["registered"] = 1, ["loggedIn"] = 1, ["skillUsed"] = 20 });
        await process.StopAsync();

        // Kafka's offsets begin at 0, far below the clock ticks that number what streams in memory carry.
        silo.Environment["GAME__Kafka__BootstrapServers"] = kafka.BootstrapServers;
        silo.Environment["GAME__Kafka__Replication"] = "1";
        process = silo.Start();
        await process.ReadyAsync(Cancelled);
        await PostAsync(red, "/v1/players/me/actions", Actions("itemUsed", 15), "kafka");
        await FoundAsync(red, "The Reds", "RED");
        await CountedAsync(silo, addresses, new(StringComparer.Ordinal) { ["itemUsed"] = 15, ["guildJoined"] = 1 });

        // The generation before it is still there for those who ask for it.
        using var management = OperatorClient.Create(addresses.Management, silo.Environment);
        var before = await management.GetFromJsonAsync<JsonElement>(
            "/v1/analytics/breakdown?processor=behaviour&metric=actions&resolution=day&limit=100&generation=1", Cancelled);
        Assert.Equal(22, before.GetProperty("items").EnumerateArray().Sum(row => (long)row.GetProperty("value").GetDouble()));
        await process.StopAsync();
        Assert.Equal(0, process.ExitCode);
    }

    private static object Actions(string kind, int count) => new
    {
        actions = Enumerable.Range(0, count).Select(i => new
        {
            kind,
            at = DateTimeOffset.UtcNow,
            skill = "slash",
            item = "potion",
            target = "wolf",
        }),
    };

    private static Silo SiloWith(KafkaServer kafka) => new()
    {
        Environment = { ["GAME__Kafka__BootstrapServers"] = kafka.BootstrapServers, ["GAME__Kafka__Replication"] = "1" },
    };

    private static async Task<GameClient> RegisterAsync(HttpClient http, string name, string shard)
    {
        var client = new GameClient(http) { Patience = TimeSpan.FromSeconds(60) };
        Assert.Null((await client.RegisterAsync(name, "correct horse", shard, Cancelled)).Problem);
        return client;
    }

    private static async Task<string> FoundAsync(GameClient leader, string name, string tag)
    {
        var guild = (await PostAsync(leader, "/v1/guilds", new { name, tag, policy = "open" })).GetProperty("guildId").GetString()!;
        await UntilMemberAsync(leader);
        return guild;
    }

    private static Task UntilMemberAsync(GameClient player) =>
        UntilAsync(player, "/v1/players/me", view => view.GetProperty("membership").GetString() == "member");

    private static async Task<string?> GuildOfAsync(GameClient player) =>
        (await player.GetAsync<JsonElement>("/v1/players/me", Cancelled)).Value.GetProperty("guildId").GetString();

    private static async Task<JsonElement> PostAsync(GameClient player, string path, object? body, string? key = null)
    {
        var reply = await player.PostAsync<JsonElement>(path, body, Cancelled, key);
        Assert.True(reply.Problem is null, $"{path}: {reply.Problem}");
        return reply.Value;
    }

    /// <returns>The strikes that were in time: on a busy machine the war may be over before all are.</returns>
    private static async Task<int> StrikeAsync(GameClient player, string war, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var reply = await player.PostAsync<JsonElement>($"/v1/wars/{war}/contribute", new { power = 2 }, Cancelled);
            if (reply.Problem is { Code: "war_closed" })
            {
                return i;
            }

            Assert.True(reply.Problem is null, $"{reply.Problem}");
        }

        return times;
    }

    private static async Task UntilAsync(GameClient player, string path, Func<JsonElement, bool> wanted)
    {
        var retry = new Retry(ToCount);
        Reply<JsonElement> reply;
        do
        {
            reply = await player.GetAsync<JsonElement>(path, Cancelled);
            if (reply.Problem is null && wanted(reply.Value))
            {
                return;
            }
        }
        while (await retry.WaitAsync(null, Cancelled));
        Assert.Fail($"{path}: still {reply.Value} {reply.Problem}");
    }

    /// <summary>Waits until operators are told of exactly these actions.</summary>
    private async Task CountedAsync(Silo silo, Addresses addresses, SortedDictionary<string, long> expected)
    {
        using var management = OperatorClient.Create(addresses.Management, silo.Environment);
        var retry = new Retry(ToCount);
        SortedDictionary<string, long> counted;
        do
        {
            var breakdown = await management.GetFromJsonAsync<JsonElement>(
                "/v1/analytics/breakdown?processor=behaviour&metric=actions&resolution=day&limit=100", Cancelled);
            counted = new SortedDictionary<string, long>(
                breakdown.GetProperty("items").EnumerateArray().ToDictionary(
                    row => row.GetProperty("dimension").GetString()!, row => (long)row.GetProperty("value").GetDouble()),
                StringComparer.Ordinal);
        }
        while (!expected.SequenceEqual(counted) && await retry.WaitAsync(null, Cancelled));
        output.WriteLine(string.Join(", ", counted.Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Key} {kind.Value}"))));
        Assert.True(expected.SequenceEqual(counted), $"{JsonSerializer.Serialize(counted)}, not {JsonSerializer.Serialize(expected)}");
    }

    private static async Task UntilRouteAsync(Silo silo, Addresses addresses, string way)
    {
        using var management = OperatorClient.Create(addresses.Management, silo.Environment);
        var retry = new Retry(ToCount);
        string ready;
        do
        {
            using var response = await management.GetAsync(new Uri("/health/ready", UriKind.Relative), Cancelled);
            ready = await response.Content.ReadAsStringAsync(Cancelled);
            if (ready == (way == "kafka" ? "ready" : $"ready\ndegraded: player_actions go to {way}"))
            {
                return;
            }
        }
        while (await retry.WaitAsync(null, Cancelled));
        Assert.Fail($"Not by {way}: {ready}");
    }
}
