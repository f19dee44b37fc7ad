using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;

namespace Game.Client;

/// <summary>Asks a silo's management port with the operator's login, where the silo has one.</summary>
public static class OperatorClient
{
    private const string Section = "GAME__Gateway__Operator__";

    // A shard whose only silos are killed and rolled at the same moment is back within this.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ToAnswer = TimeSpan.FromSeconds(10);

    /// <param name="management">Where the management port is.</param>
    /// <param name="environment">
    /// The silo's settings as environment variables; null: those of this process, which a silo it starts inherits.
    /// </param>
    /// <exception cref="IOException">The password is in a file that cannot be read.</exception>
    public static HttpClient Create(Uri management, IReadOnlyDictionary<string, string>? environment = null)
    {
        string? Setting(string name) => environment is null
            ? Environment.GetEnvironmentVariable(Section + name)
            : environment.GetValueOrDefault(Section + name);

        var http = new HttpClient { BaseAddress = management };
        var password = Setting("Password") ?? (Setting("PasswordFile") is { } file ? File.ReadAllText(file).Trim() : null);
        if (password is not null)
        {
            var login = $"{Setting("Name") ?? "operator"}:{password}";
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(login)));
        }

        return http;
    }

    /// <summary>Asks the silos of a shard in turn until one answers: any of them will do, and all may be away for a moment.</summary>
    /// <exception cref="HttpRequestException">None has answered for a minute, or one has refused.</exception>
    public static async Task<T> GetAsync<T>(IReadOnlyList<Uri> silos, string path, CancellationToken cancellationToken)
    {
        var retry = new Retry(Patience);
        for (var attempt = 0; ; attempt++)
        {
            using var http = Create(silos[attempt % silos.Count]);
            http.Timeout = ToAnswer;
            try
            {
                return (await http.GetFromJsonAsync<T>(path, Wire.Json, cancellationToken))!;
            }
            catch (Exception exception) when (IsAway(exception, cancellationToken))
            {
                if (!await retry.WaitAsync(null, cancellationToken))
                {
                    throw new HttpRequestException($"GET {path}: no answer from {string.Join(' ', silos)} for {Patience.TotalSeconds} s", exception);
                }
            }
        }
    }

    /// <summary>Whether a silo gave no answer, broke off in the middle of one, or cannot answer now.</summary>
    public static bool IsAway(Exception exception, CancellationToken cancellationToken) =>
        exception is HttpRequestException { StatusCode: null or >= HttpStatusCode.InternalServerError } or IOException
        || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);
}
