using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Game.Client;

namespace Game.Integration.Tests;

/// <summary>The management port of the real process, with a password from a file.</summary>
public sealed class OperatorTests
{
    [Fact]
    public async Task The_operator_logs_in_with_the_password_of_a_file_and_probes_need_none()
    {
        using var silo = new Silo();
        var file = await silo.SetPasswordAsync();
        using var process = silo.Start();
        var addresses = await process.ReadyAsync(TestContext.Current.CancellationToken);
        using var stranger = new HttpClient { BaseAddress = addresses.Management };
        using var operators = OperatorClient.Create(addresses.Management, silo.Environment);

        foreach (var path in (string[])["/", "/ops/status", "/ops/ledger", "/dashboard/s01/"])
        {
            using var refused = await stranger.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        }

        foreach (var path in (string[])["/health/live", "/health/ready", "/metrics"])
        {
            var retry = new Retry(TimeSpan.FromMinutes(3));
            while (true)
            {
                using var open = await stranger.GetAsync(path, TestContext.Current.CancellationToken);
                if (open.StatusCode == HttpStatusCode.OK)
                {
                    break;
                }

                // A grain that takes its time after the start makes it not ready, and nothing else.
                Assert.Equal((HttpStatusCode.ServiceUnavailable, "/health/ready"), (open.StatusCode, path));
                Assert.True(await retry.WaitAsync(null, TestContext.Current.CancellationToken), $"{path}: {open.StatusCode}");
            }
        }

        var ledger = await operators.GetFromJsonAsync<JsonElement>("/ops/ledger", TestContext.Current.CancellationToken);
        Assert.True(ledger.GetProperty("balanced").GetBoolean());
        Assert.Contains("console", await operators.GetStringAsync("/", TestContext.Current.CancellationToken));
        Assert.DoesNotContain(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), silo.Said());

        await process.StopAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
