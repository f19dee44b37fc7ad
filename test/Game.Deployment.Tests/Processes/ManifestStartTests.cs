using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Game.Deployment.Tests.Processes;

/// <summary>Silos that get exactly what the rendered manifests give them, with a real database and a real broker.</summary>
public sealed class ManifestStartTests(Servers servers) : IClassFixture<Servers>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SilosOfTwoShards_FormTheirClusters_ServeEachOther_AndShowTheMetricsThatAlertsWatch()
    {
        await servers.StartAsync();
        var (databases, key) = (servers.NewDatabases(), Pod.NewKey());
        using var first = await Pod.CreateAsync("prod-s01", databases, $"{servers.RabbitMq.Address}", key);
        using var second = await Pod.CreateAsync("prod-s01", databases, $"{servers.RabbitMq.Address}", key);
        using var other = await Pod.CreateAsync("prod-s02", databases, $"{servers.RabbitMq.Address}", key);
        Pod[] pods = [first, second, other];
        await Task.WhenAll(first.MigrateAsync(), other.MigrateAsync());
        foreach (var pod in pods)
        {
            // The manifests' 5 s may be over before a busy machine has looked.
            pod.Environment["GAME__Gateway__ReadyDelaySeconds"] = "20";
            await pod.StartAsync();
        }

        await Task.WhenAll(pods.Select(pod => pod.Process.ReadyAsync(Cancelled)));
        foreach (var pod in pods)
        {
            await UntilAsync(async () => await pod.ProbeAsync("/health/ready") == HttpStatusCode.OK);
            Assert.Equal(HttpStatusCode.Unauthorized, await pod.ProbeAsync("/ops/status"));
        }

        // One key signs for all gateways, and a gateway of one shard reaches the other one.
        using var gateway = first.Gateway;
        var (player, token) = await RegisterAsync(gateway, "ann", "s01");
        var (stranger, _) = await RegisterAsync(gateway, "bob", "s02");
        foreach (var pod in pods)
        {
            using var client = pod.Gateway;
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            foreach (var id in new[] { player, stranger })
            {
                await UntilAsync(async () =>
                {
                    using var found = await client.GetAsync($"/v1/players/{id}", Cancelled);
                    Assert.True(
                        found.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, $"{id} at {pod.Overlay}: {found.StatusCode}");
                    return found.StatusCode == HttpStatusCode.OK;
                });
            }
        }

        // The two silos of s01 are one cluster.
        using var management = Operator(second);
        await UntilAsync(async () =>
        {
            using var counters = await management.GetAsync("/dashboard/DashboardCounters", Cancelled);
            return counters.IsSuccessStatusCode && (await counters.Content.ReadAsStringAsync(Cancelled)).Contains(first.Address, StringComparison.Ordinal);
        });
        await PlayAsync(first, token);
        await CheckMetricsAsync(pods);

        await DrainsAsync(second);
        await UntilAsync(async () => await first.ProbeAsync("/health/ready") == HttpStatusCode.OK);
        await Task.WhenAll(DrainsAsync(first), DrainsAsync(other));
    }

    /// <summary>SIGTERM: not ready first, still answering, then gone with success.</summary>
    private static async Task DrainsAsync(Pod pod)
    {
        var stopping = pod.Process.StopAsync();
        await UntilAsync(async () => await pod.ProbeAsync("/health/ready") == HttpStatusCode.ServiceUnavailable);
        using var gateway = pod.Gateway;
        using var answer = await gateway.GetAsync("/v1/players/me", Cancelled);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        await stopping.WaitAsync(TimeSpan.FromSeconds(150), Cancelled);
        Assert.True(pod.Process.ExitCode == 0, pod.Said());
    }

    /// <summary>A session that says something, hears it and ends: what nobody has done yet is not measured.</summary>
    private static async Task PlayAsync(Pod pod, string token)
    {
        using var gateway = pod.Gateway;
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        await socket.ConnectAsync(new UriBuilder(new Uri(gateway.BaseAddress!, "/v1/session")) { Scheme = "ws" }.Uri, Cancelled);
        await socket.SendAsync("{\"id\":\"1\",\"type\":\"subscribe\",\"data\":{\"topics\":[\"chat:shard\"]}}"u8.ToArray(), WebSocketMessageType.Text, true, Cancelled);
        await HearAsync("subscribed");
        await socket.SendAsync("{\"id\":\"2\",\"type\":\"chat\",\"data\":{\"channel\":\"shard\",\"text\":\"hello\"}}"u8.ToArray(), WebSocketMessageType.Text, true, Cancelled);
        await HearAsync("chat.message");
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Cancelled);

        async Task HearAsync(string type)
        {
            var buffer = new byte[64 * 1024];
            string? heard;
            do
            {
                var read = await socket.ReceiveAsync(buffer, Cancelled);
                Assert.True(read.EndOfMessage && read.MessageType == WebSocketMessageType.Text, $"{socket.CloseStatus}");
                heard = JsonSerializer.Deserialize<JsonElement>(buffer.AsSpan(0, read.Count)).GetProperty("type").GetString();
            }
            while (heard != type);
        }
    }

    /// <summary>Every metric that alerts and dashboards name is one that a silo shows, once the broker has confirmed what was said.</summary>
    private static async Task CheckMetricsAsync(IEnumerable<Pod> pods)
    {
        var shown = new HashSet<string>(StringComparer.Ordinal);
        var missing = new List<string>();
        try
        {
            await UntilAsync(async () =>
            {
                foreach (var pod in pods)
                {
                    using var client = pod.Management;
                    shown.UnionWith(MetricNames.Shown(await client.GetStringAsync("/metrics", Cancelled)));
                }

                missing = [.. MetricNames.Used().Where(used => !shown.Contains(used.Metric)).Select(used => $"{used.File}: {used.Metric}")];
                return missing.Count == 0;
            });
        }
        finally
        {
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"Missing:\n{string.Join('\n', missing)}\nThere are:\n{string.Join('\n', shown.Order(StringComparer.Ordinal))}");
        }
    }

    /// <summary>Asks again while the way to another shard is not made yet, as clients do.</summary>
    private static async Task<(string Id, string Token)> RegisterAsync(HttpClient gateway, string name, string shard)
    {
        var body = default(JsonElement);
        await UntilAsync(async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/auth/register")
            {
                Content = JsonContent.Create(new { name, password = "a password", shard }),
                Headers = { { "Idempotency-Key", $"register-{name}" } },
            };
            using var answer = await gateway.SendAsync(request, Cancelled);
            body = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
            Assert.True(answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.ServiceUnavailable, $"{body}");
            return answer.StatusCode == HttpStatusCode.Created;
        });
        return (body.GetProperty("playerId").GetString()!, body.GetProperty("accessToken").GetString()!);
    }

    private static HttpClient Operator(Pod pod)
    {
        var client = pod.Management;
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"operator:{Pod.Password}")));
        return client;
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var started = Stopwatch.GetTimestamp(); !await holds();)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, $"It did not come about within {Patience}.");
            await Task.Delay(100, Cancelled);
        }
    }
}
