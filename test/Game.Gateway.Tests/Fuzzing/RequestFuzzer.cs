using System.Net.Http.Headers;
using Game.Gateway.Tests.Harness;

namespace Game.Gateway.Tests.Fuzzing;

/// <summary>Requests that are wrong somewhere: body, path, query, headers, method or content type.</summary>
internal sealed class RequestFuzzer(Random random, TestPlayer player, TestPlayer other, string guild)
{
    private readonly JsonMutator _mutator = new(random);

    private readonly (string Path, object? Body)[] _writes =
    [
        ("/v1/auth/register", new { name = "fuzzer", password = "long enough", shard = "s01" }),
        ("/v1/auth/login", new { name = "nobody", password = "long enough", shard = "s01" }),
        ("/v1/auth/refresh", new { refreshToken = "s01.nobody.01ARZ3NDEKTSV4RRFFQ69G5FAV.AAAA" }),
        ("/v1/guilds", new { name = "Some Guild", tag = "TAG", policy = "open" }),
        ($"/v1/guilds/{guild}/invite", new { playerId = other.Id }),
        ($"/v1/guilds/{guild}/kick", new { playerId = other.Id }),
        ($"/v1/guilds/{guild}/promote", new { playerId = other.Id }),
        ($"/v1/guilds/{guild}/demote", new { playerId = other.Id }),
        ($"/v1/guilds/{guild}/transfer", new { playerId = other.Id }),
        ($"/v1/guilds/{guild}/deposit", new { amount = 1 }),
        ($"/v1/guilds/{guild}/withdraw", new { amount = 1 }),
        ($"/v1/guilds/{guild}/join", null),
        ("/v1/wars", new { defender = guild, wager = 1, durationSeconds = 60 }),
        ("/v1/wars/s01.01ARZ3NDEKTSV4RRFFQ69G5FAV/contribute", new { power = 1 }),
        ("/v1/wars/s02.01ARZ3NDEKTSV4RRFFQ69G5FAV/accept", null),
        ("/v1/events/s01.01ARZ3NDEKTSV4RRFFQ69G5FAV/strike", new { power = 1 }),
        ($"/v1/leaderboards/{TestShards.Board}/submit", new { score = 1, @operator = "best" }),
        ("/v1/leaderboards/war-points/submit", new { score = 1, @operator = "increment" }),
        ("/v1/notifications/read", new { upTo = 1 }),
        ("/v1/players/me/actions", new { actions = new[] { new { kind = "looted", at = DateTimeOffset.UtcNow, amount = 5, x = 1, y = 2 } } }),
        ("/v1/players/me/purchases", new { provider = "signed", receipt = "hs256.eyJ0cmFuc2FjdGlvbklkIjoiMSJ9.AAAA" }),
        ("/v1/chat/world", new { text = "hello" }),
        ($"/v1/chat/guild:{guild}", new { text = "hello" }),
        ($"/v1/chat/whisper:{other.Id}", new { text = "hello" }),
        ($"/v1/friends/{other.Id}", null),
        ($"/v1/friends/{other.Id}/accept", null),
        ($"/v1/friends/{other.Id}/remove", null),
        ($"/v1/friends/{other.Id}/unblock", null),
        ("/v1/friends/s09.01ARZ3NDEKTSV4RRFFQ69G5FAV/block", null),
    ];

    private readonly string[] _reads =
    [
        "/v1/players/me", "/v1/players/{text}", "/v1/guilds?name={text}&limit={number}&cursor={text}&shard={text}", "/v1/guilds/{text}",
        "/v1/guilds/{text}/audit?limit={number}&cursor={text}", "/v1/wars?guild={text}&status={text}&limit={number}&cursor={text}", "/v1/wars/{text}",
        "/v1/events?status={text}&limit={number}&cursor={text}", "/v1/events/{text}", "/v1/wars/{text}/front", "/v1/leaderboards/{text}/top?limit={number}&season={number}&scope={text}", "/v1/leaderboards/arena/page?firstRank={number}&limit={number}&cursor={text}",
        "/v1/leaderboards/arena/around?reach={number}&member={text}", "/v1/leaderboards/arena/rank?season={number}&scope=all&member={text}",
        "/v1/notifications?limit={number}&cursor={text}&order={text}", "/v1/notifications?order=priority&cursor={text}", "/v1/friends", "/v1/friends/{text}",
        "/v1/chat/{text}?limit={number}&cursor={text}", "/v1/{text}", "/{text}", "/v1/session?access_token={text}",
        "/v1/players/me?{text}={text}",
    ];

    public HttpRequestMessage Next()
    {
        var request = random.Next(3) == 0 ? Read() : Write();
        if (random.Next(20) != 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", player.AccessToken);
        }
        else if (random.Next(2) == 0)
        {
            request.Headers.TryAddWithoutValidation("Authorization", Printable(_mutator.Text()));
        }

        return request;
    }

    private HttpRequestMessage Read() => new(
        random.Next(10) == 0 ? new HttpMethod(new[] { "PUT", "DELETE", "PATCH", "HEADS", "OPTIONS" }[random.Next(5)]) : HttpMethod.Get,
        Fill(_reads[random.Next(_reads.Length)]));

    private HttpRequestMessage Write()
    {
        var (path, body) = _writes[random.Next(_writes.Length)];
        var request = new HttpRequestMessage(HttpMethod.Post, path);
        var json = body is null ? _mutator.RandomBytes(random.Next(20)) : _mutator.Mutate(body);
        request.Content = new ByteArrayContent(json);
        request.Content.Headers.TryAddWithoutValidation(
            "Content-Type",
            random.Next(15) switch
            {
                0 => "text/plain",
                1 => "application/json; charset=utf-16",
                2 => Printable(_mutator.Text()),
                _ => "application/json",
            });
        if (random.Next(40) == 0)
        {
            request.Content.Headers.TryAddWithoutValidation("Content-Encoding", "gzip");
        }

        if (random.Next(15) != 0)
        {
            request.Headers.TryAddWithoutValidation(
                "Idempotency-Key", random.Next(10) == 0 ? Printable(_mutator.Text()) : TestPlayer.NewKey());
        }

        return request;
    }

    private string Fill(string pattern)
    {
        while (pattern.IndexOf('{', StringComparison.Ordinal) is >= 0 and var at)
        {
            var end = pattern.IndexOf('}', at);
            var value = pattern[(at + 1)..end] == "number" ? _mutator.Number() : _mutator.Text();
            pattern = pattern[..at] + Uri.EscapeDataString(Paired(value.Length > 300 ? value[..300] : value)) + pattern[(end + 1)..];
        }

        return pattern;
    }

    /// <summary>The client itself refuses to send half a surrogate pair or a control character in a header.</summary>
    private static string Printable(string text) => new([.. text.Where(c => c is >= ' ' and < (char)127).Take(500)]);

    private static string Paired(string text) => new([.. text.Select(c => char.IsSurrogate(c) ? '\ufffd' : c)]);
}
