using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using Game.Client;
using Game.LocalServers;

namespace Game.Integration.Tests;

/// <summary>A collector that takes what the real process exports.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Traces_and_metrics_reach_the_collector_that_the_environment_names()
    {
        using var collector = new Collector();
        using var silo = new Silo();
        silo.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address;
        silo.Environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        using var process = silo.Start();
        var addresses = await process.ReadyAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = addresses.Gateway };
        client.DefaultRequestHeaders.Add("Idempotency-Key", "telemetry");
        using var answer = await client.PostAsJsonAsync(
            "/v1/auth/register", new { name = "ann", password = "correct horse", shard = "s01" }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);

        // The end sends what is left.
        await process.StopAsync();
        await collector.ReceivesAsync("/v1/traces", "POST /v1/auth/register");
        await collector.ReceivesAsync("/v1/metrics", "game.event_store.appends");
    }

    private sealed class Collector : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly ConcurrentQueue<(string Path, byte[] Body)> _received = new();

        public Collector()
        {
            _listener.Prefixes.Add(Address);
            _listener.Start();
            _ = TakeAsync();
        }

        public string Address { get; } = $"http://127.0.0.1:{LocalPort.Free()}/";

        /// <summary>Waits until a text stands in what was sent to a path; names stand in protobuf as they are.</summary>
        public async Task ReceivesAsync(string path, string text)
        {
            var retry = new Retry(TimeSpan.FromMinutes(3));
            while (!_received.Any(entry => entry.Path == path && Encoding.Latin1.GetString(entry.Body).Contains(text, StringComparison.Ordinal)))
            {
                Assert.True(await retry.WaitAsync(null, TestContext.Current.CancellationToken), $"'{text}' was not sent to {path}.");
            }
        }

        public void Dispose() => _listener.Close();

        private async Task TakeAsync()
        {
            while (_listener.IsListening)
            {
                HttpListenerContext context;
                try
                {
                    context = await _listener.GetContextAsync();
                }
                catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }

                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                _received.Enqueue((context.Request.Url!.AbsolutePath, body.ToArray()));
                context.Response.Close();
            }
        }
    }
}
