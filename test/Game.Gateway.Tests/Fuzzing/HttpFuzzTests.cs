using System.Net;
using System.Reflection;
using Game.Contracts;
using Game.Gateway.Http;
using Game.Gateway.Tests.Harness;

namespace Game.Gateway.Tests.Fuzzing;

/// <summary>
/// Bad requests by the thousands: none may lead to a 5xx or a hang, every refusal has a documented code, and what is
/// refused stores nothing. GAME_FUZZ_SEED repeats a run, GAME_FUZZ_COUNT makes it longer.
/// </summary>
public sealed class HttpFuzzTests
{
    private const int Batch = 250;

    private static readonly HashSet<string> Codes =
    [
        .. new[] { typeof(GatewayCodes), typeof(RefusalCodes) }.SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static))
            .Select(field => (string)field.GetValue(null)!),
    ];

    [Fact]
    public async Task Requests_Malformed_AreRefusedAndChangeNothing()
    {
        var seed = FuzzSettings.Seed;
        TestContext.Current.TestOutputHelper!.WriteLine($"GAME_FUZZ_SEED={seed}");
        await using var gateway = await TestGateway.StartAsync();
        var player = await gateway.RegisterAsync();
        var guild = await player.FoundAsync();
        var other = await gateway.RegisterAsync("s02");
        var requests = new RequestFuzzer(new Random(seed), player, other, guild);
        var refused = 0;
        for (var done = 0; done < FuzzSettings.Requests; done += Batch)
        {
            await gateway.Shards.SettleAsync();
            var before = await gateway.Shards.HeadsAsync();
            var batch = Enumerable.Range(0, Batch).Select(_ => requests.Next()).ToList();
            var accepted = 0;
            await Parallel.ForEachAsync(
                batch,
                new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = TestContext.Current.CancellationToken },
                async (request, cancellationToken) =>
                {
                    using var response = await gateway.Http.SendAsync(request, cancellationToken);
                    var answer = await Answer.ReadAsync(response);
                    var what = $"seed {seed}: {request.Method} {request.RequestUri}: {(int)answer.Status} {answer.Body}";
                    Assert.True((int)answer.Status < 500, what);
                    if ((int)answer.Status >= 400)
                    {
                        // What is no HTTP at all never gets as far as problem details.
                        Assert.True(IsNoHttp(request, answer) || Codes.Contains(answer.Code), what);
                        Interlocked.Increment(ref refused);
                    }
                    else if (request.Method != HttpMethod.Get)
                    {
                        Interlocked.Increment(ref accepted);
                    }
                });
            if (accepted == 0)
            {
                Assert.Equal(before, await gateway.Shards.HeadsAsync());
            }
        }

        Assert.Empty(gateway.Log.Entries);
        Assert.True(refused > FuzzSettings.Requests / 2, $"Only {refused} were refused: the fuzzer has become harmless.");
        (await player.GetAsync("/v1/players/me")).Expect(HttpStatusCode.OK);
        Assert.True((await gateway.Shards.GetLedgerAsync(TestContext.Current.CancellationToken)).Balanced);
    }

    private static bool IsNoHttp(HttpRequestMessage request, Answer answer) =>
        answer is { Status: HttpStatusCode.BadRequest, Body.ValueKind: System.Text.Json.JsonValueKind.Undefined }
        && request.RequestUri!.OriginalString.Contains("%00", StringComparison.Ordinal);
}
