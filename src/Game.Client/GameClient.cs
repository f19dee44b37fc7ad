using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Game.Client;

/// <summary>
/// A player's HTTP side. Every write carries an idempotency key, so whatever gets no clear answer (no connection, 429, 503)
/// is sent again with the same key until it gets one or <see cref="Patience"/> is over. Safe for concurrent use after sign-in.
/// </summary>
public sealed class GameClient(HttpClient http)
{
    private readonly SemaphoreSlim _refreshing = new(1);
    private Tokens? _tokens;

    /// <summary>How long an unanswered request is tried again.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    public Tokens Tokens => _tokens ?? throw new InvalidOperationException("Not signed in.");

    public static string NewKey() => Guid.NewGuid().ToString("N");

    public async Task<Reply<Tokens>> RegisterAsync(string name, string password, string? shard, CancellationToken cancellationToken)
    {
        var reply = await SendAsync<Tokens>(
            HttpMethod.Post, "/v1/auth/register", new { name, password, shard }, NewKey(), cancellationToken);
        _tokens = reply.Value;
        return reply;
    }

    public Task<Reply<T>> GetAsync<T>(string path, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Get, path, null, null, cancellationToken);

    public Task<Reply<T>> PostAsync<T>(string path, object? body, CancellationToken cancellationToken, string? key = null) =>
        SendAsync<T>(HttpMethod.Post, path, body, key ?? NewKey(), cancellationToken);

    /// <summary>Exchanges the refresh token. Callers that come at the same time share one exchange.</summary>
    public async Task<Reply<Tokens>> RefreshAsync(Tokens spent, CancellationToken cancellationToken)
    {
        await _refreshing.WaitAsync(cancellationToken);
        try
        {
            if (Tokens != spent)
            {
                return new Reply<Tokens>(Tokens, null);
            }

            var reply = await SendAsync<Tokens>(
                HttpMethod.Post, "/v1/auth/refresh", new { refreshToken = spent.RefreshToken }, NewKey(), cancellationToken);
            _tokens = reply.Value ?? _tokens;
            return reply;
        }
        finally
        {
            _refreshing.Release();
        }
    }

    private async Task<Reply<T>> SendAsync<T>(
        HttpMethod method, string path, object? body, string? key, CancellationToken cancellationToken)
    {
        var retry = new Retry(Patience);
        var refreshed = false;
        while (true)
        {
            Problem problem;
            try
            {
                using var request = new HttpRequestMessage(method, path);
                request.Content = body is null ? null : JsonContent.Create(body, options: Wire.Json);
                var tokens = _tokens;
                if (tokens is not null)
                {
                    request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens.AccessToken);
                }

                if (key is not null)
                {
                    request.Headers.Add("Idempotency-Key", key);
                }

                using var response = await http.SendAsync(request, cancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    return new Reply<T>(await response.Content.ReadFromJsonAsync<T>(Wire.Json, cancellationToken), null);
                }

                problem = await ReadProblemAsync(response, cancellationToken);
                if (response.StatusCode == HttpStatusCode.Unauthorized && tokens is not null && !refreshed
                    && !path.StartsWith("/v1/auth/", StringComparison.Ordinal))
                {
                    refreshed = true;
                    await RefreshAsync(tokens, cancellationToken);
                    continue;
                }

                if (problem.Status is not (429 or 503) || !await retry.WaitAsync(response.Headers.RetryAfter?.Delta, cancellationToken))
                {
                    return new Reply<T>(default, problem);
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException
                || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                if (!await retry.WaitAsync(null, cancellationToken))
                {
                    return new Reply<T>(default, new Problem(0, "no_answer", exception.Message));
                }
            }
        }
    }

    private static async Task<Problem> ReadProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync<Problem>(Wire.Json, cancellationToken)
                ?? new Problem((int)response.StatusCode, "no_problem_details", null);
        }
        catch (JsonException)
        {
            return new Problem((int)response.StatusCode, "no_problem_details", null);
        }
    }
}
