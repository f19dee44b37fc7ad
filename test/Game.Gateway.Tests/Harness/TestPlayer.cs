using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Game.Gateway.Tests.Harness;

/// <summary>A player who speaks to the gateway as any client does.</summary>
public sealed class TestPlayer(TestGateway gateway, string name, JsonElement session)
{
    public const string Password = "correct horse";

    public TestGateway Gateway => gateway;

    public string Name => name;

    public string Id { get; } = session.GetProperty("playerId").GetString()!;

    public string Shard { get; } = session.GetProperty("shard").GetString()!;

    public string AccessToken { get; set; } = session.GetProperty("accessToken").GetString()!;

    public string RefreshToken { get; set; } = session.GetProperty("refreshToken").GetString()!;

    public static string NewKey() => Guid.NewGuid().ToString("N");

    public Task<Answer> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    public Task<Answer> PostAsync(string path, object? body = null, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = body is null ? null : JsonContent.Create(body);
        request.Headers.Add("Idempotency-Key", key ?? NewKey());
        return SendAsync(request);
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", AccessToken);
        var response = await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }

    /// <summary>Asks until the answer is as wanted; fails with the last answer.</summary>
    public async Task<Answer> UntilAsync(string path, Func<JsonElement, bool> wanted)
    {
        var deadline = DateTime.UtcNow + TestGateway.Patience;
        while (true)
        {
            var answer = await GetAsync(path);
            if ((int)answer.Status == 200 && wanted(answer.Body))
            {
                return answer;
            }

            Assert.True(DateTime.UtcNow < deadline, $"Still {answer.Status} {answer.Body}");
        }
    }

    public Task<Answer> UntilMemberAsync() =>
        UntilAsync("/v1/players/me", player => player.GetProperty("membership").GetString() == "member");

    /// <summary>Founds a guild and waits until it stands.</summary>
    public async Task<string> FoundAsync(string? guildName = null, string policy = "open")
    {
        guildName ??= "G " + Guid.NewGuid().ToString("N")[..12];
        var asked = await PostAsync("/v1/guilds", new { name = guildName, tag = "TAG", policy });
        asked.Expect(System.Net.HttpStatusCode.Accepted);
        await UntilMemberAsync();
        return asked.Text("guildId");
    }

    public async Task JoinAsync(string guild)
    {
        (await PostAsync($"/v1/guilds/{guild}/join")).Expect(System.Net.HttpStatusCode.Accepted);
        await UntilMemberAsync();
    }

    public Task<TestSession> ConnectAsync(bool tokenInQuery = false) => TestSession.OpenAsync(gateway, AccessToken, tokenInQuery);
}
