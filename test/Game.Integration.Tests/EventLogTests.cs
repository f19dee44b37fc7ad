using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Game.Cli.Play;
using Game.Client;
using Game.LocalServers;

namespace Game.Integration.Tests;

/// <summary>
/// The published event log: real silo processes, real Kafka. What a played world left in Kafka alone rebuilds every state and
/// every store. KAFKA_SEED sets the instants.
/// </summary>
public sealed class EventLogTests(ITestOutputHelper output)
{
    private const int Bots = 12;
    private static readonly TimeSpan ToFinish = TimeSpan.FromSeconds(150);

    [Fact]
    public async Task A_played_world_is_rebuilt_from_Kafka_alone_at_random_instants_and_shards_are_restored_from_it()
    {
        var seed = Setting("KAFKA_SEED", Random.Shared.Next());
        output.WriteLine($"KAFKA_SEED={seed}");
        await using var kafka = await Servers.StartKafkaAsync();
        using var silo = SiloWith(kafka);
        var process = silo.Start();
        var addresses = await process.ReadyAsync(TestContext.Current.CancellationToken);
        var first = await AskAsync(addresses);
        await PlayAsync(addresses);
        await PublishedAsync(silo, addresses);
        await process.StopAsync();
        Assert.Equal(0, process.ExitCode);

        // Every stream at every instant, and one as an operator would look at it.
        var verified = JsonDocument.Parse((await SiloCommand.RunAsync(silo, "replay", "--verify", "100", "--seed", $"{seed}")).Succeeded());
        output.WriteLine(verified.RootElement.ToString());
        Assert.Equal(0, verified.RootElement.GetProperty("differences").GetInt32());
        Assert.InRange(verified.RootElement.GetProperty("streams").GetInt32(), 3 * Bots, int.MaxValue);
        Assert.InRange(verified.RootElement.GetProperty("states").GetInt64(), 1000, long.MaxValue);
        string[] replay = ["replay", "--stream", $"player/{first.Player}", "--version", "1", "--from"];
        Assert.Equal(
            (await SiloCommand.RunAsync(silo, [.. replay, "store"])).Succeeded(),
            (await SiloCommand.RunAsync(silo, [.. replay, "kafka"])).Succeeded());

        // A shard that is there is left alone; one that is lost comes back.
        var refused = await SiloCommand.RunAsync(silo, "restore", "--shard", "s02");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("only an empty one is restored", refused.Errors);
        Directory.Delete(Path.Combine(silo.Data, "s02"), recursive: true);
        output.WriteLine((await SiloCommand.RunAsync(silo, "restore", "--shard", "s02")).Succeeded());
        (await SiloCommand.RunAsync(silo, "replay", "--verify", "10", "--seed", $"{seed}")).Succeeded();

        // And answers what it was asked before as it did then, sign-in included.
        process = silo.Start();
        addresses = await process.ReadyAsync(TestContext.Current.CancellationToken);
        Assert.Equal(first with { Token = "" }, await AskAsync(addresses) with { Token = "" });
        await LoginAsync(addresses);
        await PublishedAsync(silo, addresses);
        await process.StopAsync();
        Assert.Equal(0, process.ExitCode);
        (await SiloCommand.RunAsync(silo, "replay", "--verify", "5", "--seed", $"{seed}")).Succeeded();
        await RestoreToPostgresAsync(silo);
    }

    [Fact]
    public async Task Play_goes_on_while_Kafka_is_away_and_the_process_is_killed_and_every_event_arrives()
    {
        await using var kafka = await Servers.StartKafkaAsync();
        using var silo = SiloWith(kafka);
        var process = silo.Start();
        var addresses = await process.ReadyAsync(TestContext.Current.CancellationToken);
        await RegisterAsync(addresses, "before", 20);
        await process.KillAsync();
        process = silo.Start();
        addresses = await process.ReadyAsync(TestContext.Current.CancellationToken);
        await PublishedAsync(silo, addresses);

        await kafka.StopAsync();
        await RegisterAsync(addresses, "without", 20);
        await UntilRelaysAsync(silo, addresses, relays => relays.Any(relay => relay.Cursor < relay.Head));
        await process.KillAsync();

        await kafka.RestartAsync(cancellationToken: TestContext.Current.CancellationToken);
        process = silo.Start();
        addresses = await process.ReadyAsync(TestContext.Current.CancellationToken);
        await kafka.StopAsync();
        await RegisterAsync(addresses, "again", 5);
        await kafka.RestartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await PublishedAsync(silo, addresses);
        await process.StopAsync();
        Assert.Equal(0, process.ExitCode);
        output.WriteLine((await SiloCommand.RunAsync(silo, "replay", "--verify", "3")).Succeeded());
    }

    [Fact]
    public async Task Logs_and_metrics_of_a_server_are_in_their_topics()
    {
        await using var kafka = await Servers.StartKafkaAsync();
        using var silo = SiloWith(kafka);
        silo.Environment["GAME__Kafka__Server"] = "the-server";
        silo.Environment["GAME__Kafka__MetricsSeconds"] = "1";
        using var process = silo.Start();
        var addresses = await process.ReadyAsync(TestContext.Current.CancellationToken);
        await RegisterAsync(addresses, "someone", 3);
        await PublishedAsync(silo, addresses);
        await process.StopAsync();

        var metrics = await ConsumeAsync(kafka, "server_metrics");
        Assert.NotEmpty(metrics);
        Assert.All(metrics, sample => Assert.Equal("the-server", sample.GetProperty("server").GetString()));
        Assert.Contains(metrics, sample => sample.GetProperty("requestsPerSecond").GetDouble() > 0);
        Assert.Contains(metrics, sample => sample.GetProperty("commandsPerSecond").GetDouble() > 0 && sample.TryGetProperty("commitMilliseconds", out _));
        Assert.All(metrics, sample => Assert.InRange(sample.GetProperty("memoryBytes").GetInt64(), 1_000_000, long.MaxValue));
    }

    [Fact]
    public async Task Wrong_settings_of_Kafka_are_all_listed_without_repeating_secrets()
    {
        using var silo = new Silo();
        silo.Environment["GAME__Kafka__BootstrapServers"] = "nowhere";
        silo.Environment["GAME__Kafka__PrivateKey"] = "hunter2";
        silo.Environment["GAME__Kafka__MetricsSeconds"] = "0";
        using var process = silo.Start();
        await process.Exited.WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);

        Assert.NotEqual(0, process.ExitCode);
        Assert.Contains("Kafka:BootstrapServers: must be host:port, or several parted by commas, not 'nowhere'.", silo.Said());
        Assert.Contains("Kafka:PrivateKey: must be base64 of 32 bytes.", silo.Said());
        Assert.Contains("Kafka:MetricsSeconds: must be 1 to 3600, not 0.", silo.Said());
        Assert.DoesNotContain("hunter2", silo.Said());
    }

    /// <summary>All shards into databases that do not exist yet, where PostgreSQL is installed.</summary>
    private async Task RestoreToPostgresAsync(Silo silo)
    {
        PostgresServer postgres;
        try
        {
            postgres = await PostgresServer.StartAsync(TestContext.Current.CancellationToken);
        }
        catch (ServerMissingException exception) when (Environment.GetEnvironmentVariable("CI") != "true")
        {
            output.WriteLine($"not into PostgreSQL: {exception.Message}");
            return;
        }

        await using (postgres)
        {
            silo.Environment["GAME__Postgres__ConnectionString"] = postgres.ConnectionString("game_{shard}");
            string[] restore = ["restore", "--shard", "s01", "--shard", "s02", "--shard", "s03"];
            output.WriteLine((await SiloCommand.RunAsync(silo, restore)).Succeeded());
            output.WriteLine((await SiloCommand.RunAsync(silo, "replay", "--verify", "5")).Succeeded());
            Assert.Equal(1, (await SiloCommand.RunAsync(silo, restore)).ExitCode);
        }
    }

    private static Silo SiloWith(KafkaServer kafka)
    {
        var silo = new Silo();
        silo.Environment["GAME__Kafka__BootstrapServers"] = kafka.BootstrapServers;
        silo.Environment["GAME__Kafka__Replication"] = "1";
        return silo;
    }

    private async Task PlayAsync(Addresses addresses)
    {
        using var stopping = new CancellationTokenSource();
        using var abandon = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        abandon.CancelAfter(ToFinish);
        var happenings = new Happenings();
        await using var campaign = new Campaign(Places.Of(addresses), Bots, null, happenings) { WarLength = TimeSpan.FromSeconds(5) };
        var playing = campaign.PlayAsync(stopping.Token, abandon.Token);
        while (campaign.WarsSettled == 0 && !playing.IsCompleted)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), abandon.Token);
        }

        await stopping.CancelAsync();
        await playing;
        Assert.True(happenings.Errors.Count == 0, string.Join('\n', happenings.Errors));
        Assert.True(campaign.WarsSettled > 0, "No war was settled.");
    }

    /// <summary>Registers on shard s02 and founds a guild, both with keys that are always the same.</summary>
    private static async Task<Asked> AskAsync(Addresses addresses)
    {
        using var http = new HttpClient { BaseAddress = addresses.Gateway };
        var registered = await PostAsync(http, "/v1/auth/register", "restore-register-1", new { name = "restored", password = "correct horse", shard = "s02" });
        var (player, token) = (registered.GetProperty("playerId").GetString()!, registered.GetProperty("accessToken").GetString()!);
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        var founded = await PostAsync(http, "/v1/guilds", "restore-found-1", new { name = "The Restored", tag = "RST", policy = "open" });
        return new Asked(player, founded.GetProperty("guildId").GetString()!, token);
    }

    private static async Task LoginAsync(Addresses addresses)
    {
        using var http = new HttpClient { BaseAddress = addresses.Gateway };
        await PostAsync(http, "/v1/auth/login", "restore-login-1", new { name = "restored", password = "correct horse", shard = "s02" });
    }

    private static async Task RegisterAsync(Addresses addresses, string name, int count)
    {
        using var http = new HttpClient { BaseAddress = addresses.Gateway };
        for (var i = 0; i < count; i++)
        {
            await PostAsync(http, "/v1/auth/register", $"{name}-register-{i}", new { name = $"{name}{i}", password = "correct horse", shard = $"s0{1 + (i % 3)}" });
        }
    }

    private static async Task<JsonElement> PostAsync(HttpClient http, string path, string key, object body)
    {
        var retry = new Retry(TimeSpan.FromSeconds(30));
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
            request.Headers.Add("Idempotency-Key", key);
            using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
            }

            // Limits of one address, and shards that have just started.
            Assert.True(
                (int)response.StatusCode is 429 or 503 && await retry.WaitAsync(null, TestContext.Current.CancellationToken),
                $"{path}: {response.StatusCode} {await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
        }
    }

    private Task PublishedAsync(Silo silo, Addresses addresses) => UntilRelaysAsync(
        silo, addresses, relays => relays.Count == addresses.Shards.Count && relays.All(relay => relay.Cursor == relay.Head && relay.Head > 0));

    /// <param name="holds">Of the relays that have answered: a busy shard's may not have.</param>
    private async Task UntilRelaysAsync(Silo silo, Addresses addresses, Func<IReadOnlyList<Relay>, bool> holds)
    {
        var retry = new Retry(TimeSpan.FromMinutes(3));
        IReadOnlyList<Relay> relays;
        do
        {
            relays = await RelaysAsync(silo, addresses);
            if (holds(relays))
            {
                output.WriteLine($"relays: {string.Join(", ", relays)}");
                return;
            }
        }
        while (await retry.WaitAsync(null, TestContext.Current.CancellationToken));
        Assert.Fail($"It did not come about: {string.Join(", ", relays)}");
    }

    private static async Task<IReadOnlyList<Relay>> RelaysAsync(Silo silo, Addresses addresses)
    {
        using var http = OperatorClient.Create(addresses.Management, silo.Environment);
        var status = await http.GetFromJsonAsync<JsonElement>("/ops/status", TestContext.Current.CancellationToken);
        return
        [
            .. status.GetProperty("shards").EnumerateArray().Where(shard => shard.GetProperty("relay").ValueKind == JsonValueKind.Object)
                .Select(shard => shard.GetProperty("relay").Deserialize<Relay>(Wire.Json)!),
        ];
    }

    /// <summary>With the tool that an analyst would use.</summary>
    private static async Task<List<JsonElement>> ConsumeAsync(KafkaServer kafka, string topic)
    {
        var said = await kafka.RunToolAsync(
            "org.apache.kafka.tools.consumer.ConsoleConsumer",
            ["--bootstrap-server", kafka.BootstrapServers, "--topic", topic, "--from-beginning", "--timeout-ms", "20000"],
            TestContext.Current.CancellationToken);
        return [.. said.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private sealed record Asked(string Player, string Guild, string Token);

    private sealed record Relay(string Topic, long Cursor, long Head, long Published, long Failures, string? Trouble);
}
