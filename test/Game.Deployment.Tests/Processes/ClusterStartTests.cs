using System.Net;
using Game.LocalServers;
using Npgsql;

namespace Game.Deployment.Tests.Processes;

/// <summary>What keeps a silo of a cluster from starting: it waits where waiting may help, and else says in one message what is wrong.</summary>
public sealed class ClusterStartTests(Servers servers) : IClassFixture<Servers>
{
    /// <summary>Seconds a silo waits for what this test brings back: on a busy machine that takes longer than the manifests' 60 s.</summary>
    private const string Patient = "600";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DatabaseAway_IsWaitedFor_AliveButNotReady_AndTheStartGoesOnWhenItIsBack()
    {
        await servers.StartAsync();
        await using var server = await PostgresServer.StartAsync(Cancelled);
        using var pod = await PodAsync(server.ConnectionString("game_{shard}"));
        pod.Environment["GAME__Postgres__WaitSeconds"] = Patient;
        await pod.MigrateAsync();
        await server.KillAsync();

        var process = await pod.StartAsync();
        await pod.SaysAsync($"Shard s01 waits for its store: The event store 127.0.0.1:{server.Port}/game_s01 does not answer");
        Assert.Contains("Giving up in", pod.Said(), StringComparison.Ordinal);
        await WaitingIsAliveAsync(pod);

        await server.RestartAsync(Cancelled);
        await process.ReadyAsync(Cancelled);
        await process.StopAsync();
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task DatabaseThatStaysAway_EndsTheStartAtTheLimit_AndSoDoesABroker()
    {
        await servers.StartAsync();
        using var pod = await PodAsync("Host=127.0.0.1;Port=1;Database=game_{shard};Username=game");
        pod.Environment["GAME__Postgres__WaitSeconds"] = "2";
        await RefusedAsync(pod, "The event store 127.0.0.1:1/game_s01 does not answer; check address, network and server.");

        using var lonely = await PodAsync(servers.NewDatabases(), "amqp://game:hunter2@127.0.0.1:1/");
        lonely.Environment["GAME__RabbitMq__WaitSeconds"] = "2";
        await RefusedAsync(lonely, "The broker cannot be reached");
        Assert.Contains("The start waits for the broker:", lonely.Said(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", lonely.Said(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task BrokerAway_IsWaitedFor_AliveButNotReady_AndTheStartGoesOnWhenItIsBack()
    {
        await servers.StartAsync();
        await using var broker = await RabbitMqServer.StartAsync(Cancelled);
        await broker.StopAsync();
        using var pod = await PodAsync(servers.NewDatabases(), $"{broker.Address}");
        pod.Environment["GAME__RabbitMq__WaitSeconds"] = Patient;
        await pod.MigrateAsync();

        var process = await pod.StartAsync();
        await pod.SaysAsync("The start waits for the broker:");
        Assert.Contains("Giving up in", pod.Said(), StringComparison.Ordinal);
        await WaitingIsAliveAsync(pod);

        await broker.RestartAsync(Cancelled);
        await process.ReadyAsync(Cancelled);
        await process.StopAsync();
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task DatabaseThatIsNotMigratedYet_IsWaitedFor()
    {
        await servers.StartAsync();
        using var pod = await PodAsync(servers.NewDatabases());
        pod.Environment["GAME__Postgres__WaitSeconds"] = Patient;
        var process = await pod.StartAsync();
        await pod.SaysAsync("does not exist; create the database, or run the migrate command");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await pod.ProbeAsync("/health/ready"));

        await pod.MigrateAsync();
        await process.ReadyAsync(Cancelled);
        await process.StopAsync();
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task SigTerm_WhileItWaits_EndsItAtOnce()
    {
        await servers.StartAsync();
        using var pod = await PodAsync("Host=127.0.0.1;Port=1;Database=game_{shard};Username=game");
        pod.Environment["GAME__Postgres__WaitSeconds"] = Patient;
        var process = await pod.StartAsync();
        await pod.SaysAsync("waits for its store");

        // Long before its limit, at which it would end with 1.
        await process.StopAsync().WaitAsync(TimeSpan.FromMinutes(3), Cancelled);
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task WrongPasswords_AreNamed_AndNotWaitedFor()
    {
        await servers.StartAsync();
        await servers.Postgres.RequirePasswordAsync("guarded", "right", Cancelled);
        var guarded = servers.NewDatabases().Replace("Username=game", "Username=guarded;Password=hunter2", StringComparison.Ordinal);
        using var pod = await PodAsync(guarded);
        await RefusedAsync(pod, "refuses the user or the password; check the secret.");
        NotWaitedFor(pod, "refuses the user");

        using var stranger = await PodAsync(servers.NewDatabases(), $"amqp://guest:hunter2@127.0.0.1:{servers.RabbitMq.Port}/");
        await RefusedAsync(stranger, "ACCESS_REFUSED");
        NotWaitedFor(stranger, "ACCESS_REFUSED");
        Assert.DoesNotContain("hunter2", pod.Said() + stranger.Said(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task MissingSecrets_AreAllNamedAtOnce()
    {
        await servers.StartAsync();
        using var pod = await PodAsync(servers.NewDatabases());
        foreach (var name in new[] { "postgres", "rabbitmq", "operator.password" })
        {
            File.Delete(pod.Secret(name));
        }

        pod.Environment.Remove("GAME__Gateway__Tokens__KeyFile");
        await RefusedAsync(pod, "4 settings are wrong:");
        Assert.Contains($"Postgres:ConnectionStringFile: there is no file {pod.Secret("postgres")}.", pod.Said(), StringComparison.Ordinal);
        Assert.Contains($"RabbitMq:UriFile: there is no file {pod.Secret("rabbitmq")}.", pod.Said(), StringComparison.Ordinal);
        Assert.Contains("Gateway:Operator:PasswordFile: cannot be read", pod.Said(), StringComparison.Ordinal);
        Assert.Contains("Gateway:Tokens:KeyFile: must be set (GAME__Gateway__Tokens__KeyFile), or Key, with Cluster:Id", pod.Said(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SigningKeyThatIsNone_IsNamed_BeforeAnythingStarts()
    {
        await servers.StartAsync();
        using var pod = await PodAsync(servers.NewDatabases());
        await File.WriteAllTextAsync(pod.Secret("signing.key"), "hunter2", Cancelled);
        await RefusedAsync(pod, "Gateway:Tokens:KeyFile: the signing key cannot be read or made: The key file");
        Assert.DoesNotContain("hunter2", pod.Said(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClockThatIsOff_IsNamed()
    {
        await servers.StartAsync();
        var databases = servers.NewDatabases();
        using var pod = await PodAsync(databases);
        await pod.MigrateAsync();

        // To the silo the server's clock is a minute ahead.
        await ExecuteAsync(
            databases,
            """
            CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$ SELECT pg_catalog.clock_timestamp() + interval '1 minute' $$;
            DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, pg_catalog', current_database()); END $$;
            """);
        await RefusedAsync(pod, "the clock of this machine and the database's are");
        Assert.Contains("s apart, more than 5 s", pod.Said(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task MemberThatCannotBeReached_IsNamed()
    {
        await servers.StartAsync();
        var databases = servers.NewDatabases();
        using var pod = await PodAsync(databases);
        await pod.MigrateAsync();

        // A member that says it is alive, behind an address where nobody listens.
        await ExecuteAsync(
            databases,
            """
            INSERT INTO orleans_cluster (id, version) VALUES ('game', 1);
            INSERT INTO orleans_silo (cluster, address, port, generation, name, host, status, proxy_port, start_time, alive_at)
            VALUES ('game', '127.9.9.9', 11111, 1, 'lost', 'lost', 3, 30000, now(), now() + interval '10 minutes');
            """);
        await RefusedAsync(pod, "Shard s01: another silo of the cluster says it is alive and cannot be reached");
        Assert.Contains("127.9.9.9:11111", pod.Said(), StringComparison.Ordinal);
    }

    /// <summary>Nobody is left who could declare them dead: new silos wait until they have not said they are alive for 30 s.</summary>
    [Fact]
    public async Task AllSilosKilledAtOnce_NewOnesStartByThemselves()
    {
        await servers.StartAsync();
        var (databases, key) = (servers.NewDatabases(), Pod.NewKey());
        using var first = await Pod.CreateAsync("prod-s01", databases, $"{servers.RabbitMq.Address}", key);
        using var second = await Pod.CreateAsync("prod-s01", databases, $"{servers.RabbitMq.Address}", key);
        using var next = await Pod.CreateAsync("prod-s01", databases, $"{servers.RabbitMq.Address}", key);
        await first.MigrateAsync();
        await Task.WhenAll((await first.StartAsync()).ReadyAsync(Cancelled), (await second.StartAsync()).ReadyAsync(Cancelled));
        await Task.WhenAll(first.Process.KillAsync(), second.Process.KillAsync());

        var process = await next.StartAsync();

        // By itself in under a minute; a busy machine takes longer. One that gives up ends, and is not waited for.
        await process.ReadyAsync(Cancelled).WaitAsync(TimeSpan.FromMinutes(5), Cancelled);
        await process.StopAsync();
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task SiloPortInUse_IsNamed()
    {
        await servers.StartAsync();
        using var pod = await PodAsync(servers.NewDatabases());
        await pod.MigrateAsync();
        using var squatter = new System.Net.Sockets.TcpListener(IPAddress.Parse(pod.Address), 11111);
        squatter.Start();
        await RefusedAsync(pod, $"Shard s01: Cluster:SiloPort 11111 or Cluster:GatewayPort 30000 is in use on {pod.Address}.");
    }

    private static void NotWaitedFor(Pod pod, string refusal) => Assert.DoesNotContain(
        pod.Said().Split('\n'),
        line => line.Contains("waits for", StringComparison.Ordinal) && line.Contains(refusal, StringComparison.Ordinal));

    private static async Task WaitingIsAliveAsync(Pod pod)
    {
        Assert.Equal(HttpStatusCode.OK, await pod.ProbeAsync("/health/live"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await pod.ProbeAsync("/health/ready"));
    }

    private static async Task RefusedAsync(Pod pod, string message)
    {
        var process = await pod.StartAsync();
        await process.Exited.WaitAsync(TimeSpan.FromMinutes(5), Cancelled);
        Assert.Contains(message, pod.Said(), StringComparison.Ordinal);
        Assert.Equal(1, process.ExitCode);
        Assert.DoesNotContain("Unhandled exception", pod.Said(), StringComparison.Ordinal);
    }

    private static async Task ExecuteAsync(string databases, string sql)
    {
        await using var source = NpgsqlDataSource.Create(databases.Replace("{shard}", "s01", StringComparison.Ordinal) + ";Pooling=false");
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancelled);
    }

    private Task<Pod> PodAsync(string databases, string? broker = null) =>
        Pod.CreateAsync("prod-s01", databases, broker ?? $"{servers.RabbitMq.Address}", Pod.NewKey());
}
