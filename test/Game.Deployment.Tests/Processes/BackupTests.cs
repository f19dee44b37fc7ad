using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Game.Deployment.Tests.Processes;

/// <summary>
/// k8s/backup/game-backup and the restored command, as docs/operations.md has them, over two shards between which gold moves all
/// the time.
/// </summary>
public sealed class BackupTests(Servers servers) : IClassFixture<Servers>
{
    private const long StartingGold = 1_000;
    private static readonly string Script = Repository.PathOf("k8s/backup/game-backup");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BackupUnderLoad_IsOneMomentOfAllShards_AndTheRestoredWorldPlaysOn()
    {
        await using var world = await StartAsync();
        await world.FoundAsync();

        // Deposits run into the backup: messages are under way between the shards when it is taken.
        using var stop = new CancellationTokenSource();
        var paying = world.DepositUntilAsync(stop.Token);
        await BackupAsync(world, "--");
        await Task.Delay(TimeSpan.FromMilliseconds(300), Cancelled);
        await stop.CancelAsync();
        var paid = await paying;
        await world.RegisterAsync("late", "s01");
        await world.StopAsync();

        var restored = await ScriptAsync(world, "restore", world.Backup, "--replace");
        Assert.True(restored.Code == 0, restored.Error);
        await world.RestoredAsync();
        await world.StartAsync();

        // As of the backup: who came later is unknown, and no gold is lost or made, whatever was under way.
        Assert.Equal(HttpStatusCode.Unauthorized, await world.LoginAsync("late", "s01"));
        Assert.Equal(HttpStatusCode.OK, await world.LoginAsync("bob", "s02"));
        await world.AtRestAsync();
        var (wallet, treasury) = (await world.WalletAsync("bob", "s02"), await world.TreasuryAsync());
        Assert.Equal(StartingGold + World.Fee, wallet + treasury);
        Assert.True(treasury - World.Fee <= paid, "More came in than was paid.");

        // And it plays on over both shards.
        await world.DepositAsync(7);
        await world.AtRestAsync();
        Assert.Equal((wallet - 7, treasury + 7), (await world.WalletAsync("bob", "s02"), await world.TreasuryAsync()));
        await world.DoctorAsync();
    }

    /// <summary>
    /// A shard that is restored alone loses what it did since, and its neighbours do not: what it paid them is paid twice. But what
    /// it does from then on is not taken for what they know already.
    /// </summary>
    [Fact]
    public async Task OneShardRestoredAlone_IsHeardByItsNeighboursAgain()
    {
        await using var world = await StartAsync();
        await world.FoundAsync();
        await BackupAsync(world, "s02");
        for (var i = 0; i < 20; i++)
        {
            await world.DepositAsync(1);
        }

        await world.AtRestAsync();
        var treasury = await world.TreasuryAsync();
        await world.StopAsync();
        Assert.Equal(0, (await ScriptAsync(world, "restore", world.Backup, "--replace", "s02")).Code);
        await world.RestoredAsync(alone: "s02");
        await world.StartAsync();
        Assert.Equal(StartingGold, await world.WalletAsync("bob", "s02"));
        for (var i = 0; i < 20; i++)
        {
            await world.DepositAsync(2);
        }

        await world.UntilAsync(async () => await world.TreasuryAsync() == treasury + 40);
        await world.DoctorAsync();
    }

    [Fact]
    public async Task RestoreOverARunningWorld_IsRefused_AndChangesNothing()
    {
        await using var world = await StartAsync();
        await world.RegisterAsync("ann", "s01");
        await BackupAsync(world, "--");

        var kept = await ScriptAsync(world, "restore", world.Backup);
        Assert.NotEqual(0, kept.Code);
        Assert.Contains("exists: stop the silos and give --replace", kept.Error, StringComparison.Ordinal);
        var busy = await ScriptAsync(world, "restore", world.Backup, "--replace");
        Assert.NotEqual(0, busy.Code);
        Assert.Contains("is in use: stop its silos", busy.Error, StringComparison.Ordinal);
        Assert.Equal(1, await world.Pods[0].RunAsync("restored", "--profile", "cluster"));
        Assert.Contains("Shard s01 is running", world.Pods[0].Said(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await world.LoginAsync("ann", "s01"));

        // A damaged backup is not restored.
        await File.AppendAllTextAsync(Path.Combine(world.Backup, "s01.dump"), "x", Cancelled);
        Assert.Contains("is damaged or not whole", (await ScriptAsync(world, "restore", world.Backup, "--replace")).Error, StringComparison.Ordinal);
    }

    private async Task<World> StartAsync()
    {
        Tool.Require("pg_dump", "postgresql-client");
        await servers.StartAsync();
        var (databases, key) = (servers.NewDatabases(), Pod.NewKey());
        var world = new World(
            databases,
            await Pod.CreateAsync("prod-s01", databases, $"{servers.RabbitMq.Address}", key),
            await Pod.CreateAsync("prod-s02", databases, $"{servers.RabbitMq.Address}", key));
        await Task.WhenAll(world.Pods.Select(pod => pod.MigrateAsync()));

        // The broker is that of the other tests too, whose shards have the same names: nothing of them is left.
        await world.RestoredAsync();
        await world.StartAsync();
        return world;
    }

    /// <param name="world">Runs.</param>
    /// <param name="shard">The only one, or "--": all.</param>
    private static async Task BackupAsync(World world, string shard)
    {
        var (code, _, error) = await ScriptAsync(world, shard == "--" ? ["backup", world.Backup] : ["backup", world.Backup, shard]);
        Assert.True(code == 0, error);
        TestContext.Current.TestOutputHelper?.WriteLine(error);
    }

    private static Task<(int Code, string Output, string Error)> ScriptAsync(World world, params string[] arguments) =>
        Tool.RunAsync("bash", [Script, .. arguments], environment: new Dictionary<string, string> { ["GAME_POSTGRES"] = world.Databases });

    /// <summary>Ann of s01 leads a guild; Bob of s02 pays into it.</summary>
    private sealed class World(string databases, params Pod[] pods) : IAsyncDisposable
    {
        public const long Fee = 100;

        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("game-backup-");
        private readonly Dictionary<string, string> _tokens = [];
        private string _guild = "";

        public string Databases => databases;

        public IReadOnlyList<Pod> Pods => pods;

        public string Backup => Path.Combine(_folder.FullName, "backup");

        public async Task StartAsync()
        {
            foreach (var pod in pods)
            {
                await pod.StartAsync();
            }

            await Task.WhenAll(pods.Select(pod => pod.Process.ReadyAsync(Cancelled)));
        }

        public async Task StopAsync()
        {
            await Task.WhenAll(pods.Select(pod => pod.Process.StopAsync()));
            Assert.All(pods, pod => Assert.True(pod.Process.ExitCode == 0, pod.Said()));
        }

        public async Task RestoredAsync(string? alone = null)
        {
            foreach (var pod in pods)
            {
                string[] neighbour = alone is null || pod.Environment["GAME__Shards__0"] == alone ? [] : ["--neighbour"];
                Assert.True(await pod.RunAsync(["restored", "--profile", "cluster", .. neighbour]) == 0, pod.Said());
            }
        }

        public async Task DoctorAsync()
        {
            foreach (var pod in pods)
            {
                Assert.True(await pod.RunAsync("doctor", "--profile", "cluster") == 0, pod.Said());
            }
        }

        public async Task FoundAsync()
        {
            await RegisterAsync("ann", "s01");
            await RegisterAsync("bob", "s02");
            var founded = await AskAsync("ann", "s01", HttpMethod.Post, "/v1/guilds", new { name = "The Founders", tag = "FND", policy = "open" });
            _guild = founded.GetProperty("guildId").GetString()!;
            await UntilAsync(async () => await MembershipAsync("ann", "s01") == "member");
            await AskAsync("bob", "s02", HttpMethod.Post, $"/v1/guilds/{_guild}/join", null);
            await UntilAsync(async () => await MembershipAsync("bob", "s02") == "member");
        }

        public Task DepositAsync(long amount) => AskAsync("bob", "s02", HttpMethod.Post, $"/v1/guilds/{_guild}/deposit", new { amount });

        /// <returns>How much has been paid.</returns>
        public async Task<long> DepositUntilAsync(CancellationToken stop)
        {
            var paid = 0L;
            for (; !stop.IsCancellationRequested && paid < StartingGold - 100; paid++)
            {
                await DepositAsync(1);
            }

            return paid;
        }

        public async Task<long> WalletAsync(string name, string shard) =>
            (await AskAsync(name, shard, HttpMethod.Get, "/v1/players/me", null)).GetProperty("gold").GetInt64();

        public async Task<long> TreasuryAsync() =>
            (await AskAsync("ann", "s01", HttpMethod.Get, $"/v1/guilds/{_guild}", null)).GetProperty("treasury").GetInt64();

        /// <summary>Waits until no message is under way: what all shards together hold adds up, and does not change.</summary>
        public async Task AtRestAsync()
        {
            (long, long) before = default;
            await UntilAsync(async () =>
            {
                var now = (await WalletAsync("bob", "s02"), await TreasuryAsync());
                var rest = now == before && now.Item1 + now.Item2 == StartingGold + Fee;
                before = now;
                return rest;
            });
        }

        public async Task RegisterAsync(string name, string shard)
        {
            var body = default(JsonElement);
            await UntilAsync(async () =>
            {
                using var answer = await SendAsync(shard, HttpMethod.Post, "/v1/auth/register", new { name, password = "a password", shard }, null, $"register-{name}");
                body = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
                return answer.StatusCode == HttpStatusCode.Created;
            });
            _tokens[name] = body.GetProperty("accessToken").GetString()!;
        }

        public async Task<HttpStatusCode> LoginAsync(string name, string shard)
        {
            using var answer = await SendAsync(shard, HttpMethod.Post, "/v1/auth/login", new { name, password = "a password", shard }, null, null);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                _tokens[name] = (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("accessToken").GetString()!;
            }

            return answer.StatusCode;
        }

        public async Task UntilAsync(Func<Task<bool>> holds)
        {
            for (var started = Stopwatch.GetTimestamp(); !await holds();)
            {
                Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(60), $"It did not come about within 60 s.\n{string.Join('\n', pods.Select(pod => pod.Said()))}");
                await Task.Delay(100, Cancelled);
            }
        }

        public ValueTask DisposeAsync()
        {
            foreach (var pod in pods)
            {
                pod.Dispose();
            }

            _folder.Delete(recursive: true);
            return ValueTask.CompletedTask;
        }

        private async Task<string> MembershipAsync(string name, string shard) =>
            (await AskAsync(name, shard, HttpMethod.Get, "/v1/players/me", null)).GetProperty("membership").GetString()!;

        /// <summary>Asks with one key until there is an answer: the way to another shard may not be made yet.</summary>
        private async Task<JsonElement> AskAsync(string name, string shard, HttpMethod method, string path, object? body)
        {
            var (key, found) = (Guid.NewGuid().ToString("N"), default(JsonElement));
            await UntilAsync(async () =>
            {
                using var answer = await SendAsync(shard, method, path, body, _tokens[name], method == HttpMethod.Post ? key : null);
                if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
                {
                    return false;
                }

                var text = await answer.Content.ReadAsStringAsync(Cancelled);
                Assert.True(answer.IsSuccessStatusCode, $"{method} {path}: {answer.StatusCode} {text}");
                found = JsonSerializer.Deserialize<JsonElement>(text);
                return true;
            });
            return found;
        }

        private async Task<HttpResponseMessage> SendAsync(string shard, HttpMethod method, string path, object? body, string? token, string? key)
        {
            using var client = pods.Single(pod => pod.Environment["GAME__Shards__0"] == shard).Gateway;
            using var request = new HttpRequestMessage(method, path);
            request.Content = body is null
                ? method == HttpMethod.Post ? new StringContent("", Encoding.UTF8, "application/json") : null
                : JsonContent.Create(body);
            if (token is not null)
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            }

            if (key is not null)
            {
                request.Headers.Add("Idempotency-Key", key);
            }

            return await client.SendAsync(request, Cancelled);
        }
    }
}
